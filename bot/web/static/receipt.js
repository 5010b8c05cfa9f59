// Cards to keep: the receipt with the question's code, and what opens the conversation on another device. Both can be
// copied, or kept as a picture that is drawn here.

const WIDE = 1080;
const EDGE = 80;
const FONT = '"Be Vietnam Pro", system-ui, sans-serif';
const INK = "#17231f";
const LEAF = "#0a4a40";

/** The card. `line` draws one line of text. */
export function receipt(code, lines, line) {
  const card = document.createElement("div");
  card.className = "receipt";
  const name = line(document.getElementById("receipt-name").content.textContent);
  name.className = "name";
  const large = line(code);
  large.className = "code";
  card.append(name, large, ...lines.map(line), document.getElementById("receipt-acts").content.cloneNode(true));
  keepable(card, code, large, code, () => contents(code, lines));
  return card;
}

/** The card with what opens this conversation on another device. */
export function returnCard({ reference, code }) {
  const card = document.getElementById("return-card").content.firstElementChild.cloneNode(true);
  const { reference: referenceName, secret } = words();
  card.querySelector(".where").textContent = `${location.host}/chat`;
  card.querySelector(".code").textContent = reference;
  card.querySelector(".secret").textContent = code;
  const both = `${location.origin}/chat\n${referenceName}: ${reference}\n${secret}: ${code}`;
  keepable(card, both, card.querySelector("dl"), `${reference}-2`, () => [
    ...[...card.querySelectorAll(".name, .where")].map((line) => [line.textContent, `400 40px ${FONT}`, INK, 40]),
    [referenceName, `400 40px ${FONT}`, INK, 50],
    [reference, `600 80px ${FONT}`, LEAF, 10],
    [secret, `400 40px ${FONT}`, INK, 40],
    [code, `600 80px ${FONT}`, LEAF, 10],
    [card.querySelector("dl + p").textContent, `400 36px ${FONT}`, INK, 40],
  ]);
  return card;
}

const words = () => JSON.parse(document.body.dataset.words);

function keepable(card, text, shown, name, rows) {
  card.querySelector('[data-act="copy"]').addEventListener("click", (event) => copy(text, shown, event.currentTarget));
  card.querySelector('[data-act="picture"]').addEventListener("click", () => save(name, rows()));
}

async function copy(text, shown, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no clipboard without https: select what is shown and copy the old way
    getSelection().selectAllChildren(shown);
    if (!document.execCommand("copy")) return; // it stays selected, ready to be copied by hand
  }
  const { copied } = words();
  const label = button.textContent;
  if (label === copied) return;
  button.textContent = copied;
  document.getElementById("status").textContent = copied;
  setTimeout(() => {
    button.textContent = label;
    document.getElementById("status").textContent = "";
  }, 3000);
}

/** The text in lines that fit. */
function wrapped(pen, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** What the picture says, from top to bottom: [text, font, colour, space above]. */
function contents(code, lines) {
  const { receiptTitle, lookUp } = words();
  const texts = lines.map((text) => [text.replace(` ${code}`, `\u00a0${code}`), `400 40px ${FONT}`, INK, 26]);
  return [
    [receiptTitle, `400 40px ${FONT}`, INK, 60],
    [code, `600 128px ${FONT}`, LEAF, 18],
    ...texts,
    [`${lookUp} ${location.host}/tra-cuu`, `600 38px ${FONT}`, LEAF, 40],
  ];
}

/** Such rows as a picture under the unit's name. */
function picture(texts) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const { unit } = words();
  const rows = [];
  const put = (text, font, colour, above, lineHeight) => {
    pen.font = font;
    wrapped(pen, text, WIDE - 2 * EDGE).forEach((part, index) => rows.push([part, font, colour, index ? 0 : above, lineHeight]));
  };
  put(unit, `600 44px ${FONT}`, "#fff", 44, 60);
  const head = rows.length * 60 + 88;
  texts.forEach(([text, font, colour, above]) => put(text, font, colour, above, Number(/(\d+)px/.exec(font)[1]) * 1.4));
  canvas.width = WIDE;
  canvas.height = Math.ceil(rows.reduce((sum, row) => sum + row[3] + row[4], 0) + 44 + EDGE);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = LEAF;
  pen.fillRect(0, 0, canvas.width, head);
  pen.textBaseline = "middle";
  let y = 0;
  for (const [text, font, colour, above, height] of rows) {
    if (y < head && colour !== "#fff") y = head;
    y += above;
    pen.font = font;
    pen.fillStyle = colour;
    pen.fillText(text, EDGE, y + height / 2);
    y += height;
  }
  pen.lineWidth = 8;
  pen.strokeStyle = LEAF;
  pen.strokeRect(4, 4, canvas.width - 8, canvas.height - 8);
  return canvas;
}

async function save(name, rows) {
  await Promise.all(["400", "600"].map((weight) => document.fonts?.load(`${weight} 40px "Be Vietnam Pro"`, "aạ").catch(() => null)));
  picture(rows).toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }, "image/png");
}
