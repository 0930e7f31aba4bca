"""Texts that try to run something, written for this product: one for each way we know of.

They are of use where a person's text is shown: nothing of them may become a tag, a handler or a link.
"""

from __future__ import annotations

CALL = "alert(1)"

# Elements that run by themselves, or once something happens to them.
_ELEMENTS = [
    f"<script>{CALL}</script>",
    f"<SCRIPT >{CALL}</SCRIPT >",
    "<script src=//example.org/a.js></script>",
    f"<scr<script>ipt>{CALL}</scr</script>ipt>",
    f"<script\x00>{CALL}</script>",
    f"<script/random>{CALL}</script>",
    f"<script>{CALL}//",
    f"<img src=x onerror={CALL}>",
    f"<img src=x onerror='{CALL}'//",
    f"<img/src=x/onerror={CALL}>",
    f"<img src=`x` onerror={CALL}>",
    f'<img """><script>{CALL}</script>">',
    f"<image src=x onerror={CALL}>",
    f"<svg onload={CALL}>",
    f"<svg/onload={CALL}//",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><animate onbegin={CALL} attributeName=x></animate></svg>",
    f'<svg><a xlink:href="javascript:{CALL}"><text y=20>x</text></a></svg>',
    f"<svg><style><img src=x onerror={CALL}></style></svg>",
    f"<math><mtext></form><form><mglyph><style></math><img src=x onerror={CALL}>",
    f'<math href="javascript:{CALL}">x</math>',
    f"<body onload={CALL}>",
    f"<details open ontoggle={CALL}>x</details>",
    f"<input autofocus onfocus={CALL}>",
    f"<select autofocus onfocus={CALL}>",
    f"<textarea autofocus onfocus={CALL}>",
    f"<video><source onerror={CALL}></video>",
    f"<audio src=x onerror={CALL}></audio>",
    f"<marquee onstart={CALL}>x</marquee>",
    f'<iframe src="javascript:{CALL}"></iframe>',
    f'<iframe srcdoc="<script>{CALL}</script>"></iframe>',
    f'<object data="javascript:{CALL}"></object>',
    f'<embed src="javascript:{CALL}">',
    f'<form action="javascript:{CALL}"><button>x</button></form>',
    f'<button formaction="javascript:{CALL}">x</button>',
    f"<isindex type=image src=x onerror={CALL}>",
    f"<p onmouseover={CALL}>x</p>",
    f'<div style="background:url(javascript:{CALL})">x</div>',
    f"<style>@import'javascript:{CALL}';</style>",
    f"<link rel=stylesheet href=javascript:{CALL}>",
    f'<meta http-equiv=refresh content="0;url=javascript:{CALL}">',
    '<base href="//example.org/">',
    "<template><script>alert(1)</script></template>",
    "<portal src=//example.org></portal>",
]

# Links that are none.
_LINKS = [
    f'<a href="javascript:{CALL}">x</a>',
    f'<a href="JaVaScRiPt:{CALL}">x</a>',
    f'<a href=" &#14; javascript:{CALL}">x</a>',
    f'<a href="jav\tascript:{CALL}">x</a>',
    f'<a href="jav&#x0A;ascript:{CALL}">x</a>',
    f'<a href="&#106;avascript:{CALL}">x</a>',
    f'<a href="javascript&colon;{CALL}">x</a>',
    '<a href="javascript:123">x</a>',
    f'<a href="vbscript:{CALL}">x</a>',
    f'<a href="data:text/html,<script>{CALL}</script>">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
    f'<a href="//example.org" onclick={CALL}>x</a>',
    f'<a href="https://example.org" style="x:expression({CALL})" ping="//example.org">x</a>',
]

# Ways out of where a text is put, and confusions of the parser.
_BREAKS = [
    f'"><script>{CALL}</script>',
    f"'><img src=x onerror={CALL}>",
    f"</textarea><script>{CALL}</script>",
    f"</title><script>{CALL}</script>",
    f"--><script>{CALL}</script><!--",
    f"<!--><img src=x onerror={CALL}>-->",
    f"<![CDATA[<script>{CALL}</script>]]>",
    f"<?xml version='1.0'?><script>{CALL}</script>",
    f'<noscript><p title="</noscript><img src=x onerror={CALL}>">',
    f"<plaintext><img src=x onerror={CALL}>",
    f"&lt;script&gt;{CALL}&lt;/script&gt;",
    f"\\u003cscript\\u003e{CALL}\\u003c/script\\u003e",
    f"＜script＞{CALL}＜/script＞",
    f"<\u200bscript>{CALL}</\u200bscript>",
    f"\u202e<img src=x onerror={CALL}>",
    "{{ 7 * 7 }}${7*7}#{7*7}<%= 7*7 %>",
    f"<p><p><blockquote><table><td><img src=x onerror={CALL}>",
]

VECTORS: tuple[str, ...] = (*_ELEMENTS, *_LINKS, *_BREAKS)
