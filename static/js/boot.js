/*
 * Attaches behaviours to the elements that name them in data-behaviour, and lets go when the page
 * is left.
 */
import { connect as bell } from "./behaviours/bell.js";
import { connect as boardLook } from "./behaviours/board-look.js";
import { connect as bookOutbox } from "./behaviours/book-outbox.js";
import { connect as checkAll } from "./behaviours/check-all.js";
import { connect as codeBoxes } from "./behaviours/code-boxes.js";
import { connect as composer } from "./behaviours/composer.js";
import { connect as confirm } from "./behaviours/confirm.js";
import { connect as copyLink } from "./behaviours/copy-link.js";
import { connect as device } from "./behaviours/device.js";
import { connect as growing } from "./behaviours/growing.js";
import { connect as keptLetters } from "./behaviours/kept-letters.js";
import { connect as menu } from "./behaviours/menu.js";
import { connect as pairingBoard } from "./behaviours/pairing-board.js";
import { connect as paper } from "./behaviours/paper.js";
import { connect as photos } from "./behaviours/photos.js";
import { connect as print } from "./behaviours/print.js";
import { connect as progress } from "./behaviours/progress.js";
import { connect as queue } from "./behaviours/queue.js";
import { connect as queueLook } from "./behaviours/queue-look.js";
import { connect as reading } from "./behaviours/reading.js";
import { connect as revealPassword } from "./behaviours/reveal-password.js";
import { connect as screening } from "./behaviours/screening.js";
import { connect as signOut } from "./behaviours/sign-out.js";

/*
 * All of ours weigh less than one more round trip on a slow line; the socket client does not, and
 * waits.
 */
const behaviours = {
  bell,
  "board-look": boardLook,
  "book-outbox": bookOutbox,
  chat: (element) => connectLater(element),
  "check-all": checkAll,
  "code-boxes": codeBoxes,
  composer,
  confirm,
  "copy-link": copyLink,
  cover: (element) => connectLater(element),
  device,
  growing,
  "issue-plan": (element) => connectLater(element),
  "kept-letters": keptLetters,
  keys: (element) => connectLater(element),
  live: connectLive,
  menu,
  "pairing-board": pairingBoard,
  paper,
  photos,
  "place-remark": (element) => connectLater(element),
  print,
  progress,
  queue,
  "queue-look": queueLook,
  reading,
  "reveal-password": revealPassword,
  screening,
  "sign-out": signOut,
  tracked: (element) => connectLater(element),
};

/*
 * Only who is signed in and has something to listen for fetches the socket client, a file of its
 * own.
 */
function connectLive(region) {
  if (!document.querySelector('meta[name="live-token"]')) return () => {};
  return connectLater(region, region.dataset.liveSource);
}

/* What one page alone needs lies in a file of its own, too. */
function connectLater(element, source = element.dataset.source) {
  let disconnect = () => {};
  let left = false;
  import(source).then((behaviour) => {
    if (!left) disconnect = behaviour.connect(element);
  });
  return () => {
    left = true;
    disconnect();
  };
}

let disconnects = [];

function attachAll() {
  for (const element of document.querySelectorAll("[data-behaviour]")) {
    for (const name of element.dataset.behaviour.split(" ")) {
      if (behaviours[name]) disconnects.push(behaviours[name](element));
    }
  }
}

/*
 * A page put aside for the back button keeps nothing running, and starts anew when it is shown
 * again.
 */
window.addEventListener("pagehide", () => {
  for (const disconnect of disconnects) disconnect();
  disconnects = [];
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) attachAll();
});

attachAll();
