/* Shows how far a long piece of work is, and asks for the page anew when it has ended. */
const PAUSE = 1000;

export function connect(element) {
  const bar = element.querySelector("progress");
  const said = element.querySelector("[data-percent]");
  const share = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  const control = new AbortController();
  let timer = 0;

  async function ask() {
    try {
      const answer = await fetch(element.dataset.source, { signal: control.signal });
      const told = await answer.json();
      if (!told.runs) {
        window.location.reload();
        return;
      }
      if (told.percent !== null) {
        bar.value = told.percent;
        said.textContent = share.format(told.percent / 100);
      }
    } catch {
      /* Without a line there is nothing new to show; the next question may get through. */
    }
    if (!control.signal.aborted) timer = setTimeout(ask, PAUSE);
  }

  timer = setTimeout(ask, PAUSE);
  return () => {
    clearTimeout(timer);
    control.abort();
  };
}
