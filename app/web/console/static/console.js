// Long work answers in pieces, each of which replaces the one before. Without this script the answer is a page of its own;
// with it, the form and its file stay, and the work can be stopped.
"use strict";

const SEPARATOR = "<!--piece-->";

async function inPieces(form, button) {
  const place = document.querySelector(form.dataset.pieces);
  const stop = new AbortController();
  const stopper = stopButton(stop);
  const body = new FormData(form, button); // before the buttons are disabled: the one that was pressed is a part of it
  const buttons = form.querySelectorAll("button");
  buttons.forEach((each) => { each.disabled = true; });
  form.after(stopper);
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST", body, signal: stop.signal, headers: { "HX-Request": "true" },
    });
    if (answer.headers.get("HX-Redirect")) {
      location.assign(answer.headers.get("HX-Redirect"));
      return;
    }
    await show(answer.body.pipeThrough(new TextDecoderStream()), place);
  } catch (error) {
    const words = stop.signal.aborted ? "Stopped. What was done by then stays done." : "The connection broke. Try again.";
    place.append(Object.assign(document.createElement("p"), { className: "note", textContent: words }));
  } finally {
    place.removeAttribute("aria-busy");
    stopper.remove();
    buttons.forEach((each) => { each.disabled = false; });
  }
}

async function show(stream, place) {
  let text = "";
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    const pieces = text.split(SEPARATOR);
    if (pieces.length > 2) place.innerHTML = pieces.at(-2);
    text = pieces.length > 1 ? SEPARATOR + pieces.at(-1) : text;
  }
  place.innerHTML = text.split(SEPARATOR).at(-1);
}

function stopButton(stop) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "Stop" });
  button.addEventListener("click", () => stop.abort());
  return button;
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.pieces && "body" in Response.prototype) {
    event.preventDefault();
    inPieces(event.target, event.submitter);
  }
});
