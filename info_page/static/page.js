// Conveniences of an answer's page. Each button is hidden until this file finds that the browser can do it.
"use strict";

(() => {
  const button = (act) => document.querySelector(`[data-act="${act}"]`);
  const label = (of, words) => { of.querySelector("span").textContent = words; };

  const print = button("print");
  if (print && window.print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  const share = button("share");
  if (share && (navigator.share || navigator.clipboard)) {
    const words = share.querySelector("span").textContent;
    share.hidden = false;
    share.addEventListener("click", async () => {
      const url = location.href.split("#")[0];
      try {
        if (navigator.share) {
          await navigator.share({ title: document.title, url });
        } else {
          await navigator.clipboard.writeText(url);
          label(share, share.dataset.done);
          setTimeout(() => label(share, words), 4000);
        }
      } catch {
        // The reader closed the sheet, or the browser refused: nothing to do.
      }
    });
  }

  const listen = button("listen");
  const speech = window.speechSynthesis;
  if (!listen || !speech) return;
  const words = listen.querySelector("span").textContent;
  let speaking = false;

  const voice = () => speech.getVoices().find((found) => /^vi\b|^vi_/i.test(found.lang));
  const offer = () => { listen.hidden = !voice(); };
  const rest = () => {
    speaking = false;
    label(listen, words);
  };
  // Short pieces: some phones fall silent in the middle of a long text.
  // The words come with the page as they are said: numbers, days and abbreviations written out.
  const pieces = () => listen.dataset.aloud.split(/(?<=[.:!?])\s|\n+/).map((piece) => piece.trim()).filter(Boolean);

  listen.addEventListener("click", () => {
    speech.cancel();
    if (speaking) return rest();
    speaking = true;
    label(listen, listen.dataset.stop);
    const spoken = pieces().map((piece) => {
      const utterance = new SpeechSynthesisUtterance(piece);
      utterance.lang = "vi-VN";
      utterance.voice = voice();
      utterance.rate = 0.95;
      return utterance;
    });
    if (!spoken.length) return rest();
    spoken[spoken.length - 1].addEventListener("end", rest);
    spoken.forEach((utterance) => speech.speak(utterance));
  });
  // A phone without a Vietnamese voice would only read nonsense: then there is no button.
  speech.addEventListener?.("voiceschanged", offer);
  window.addEventListener("pagehide", () => speech.cancel());
  offer();
})();
