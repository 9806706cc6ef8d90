/**
 * Shows an answer as paragraphs, lists and code. Deliberately small: models write far more Markdown than this,
 * and what is not understood stays readable text. It builds nodes, never HTML, so an answer cannot inject anything.
 */

/**
 * Splits an answer into blocks; an open code fence at the end (the answer is still coming) counts as code.
 * @param {string} text
 * @returns {{ kind: "paragraph" | "heading" | "code" | "list", lines: string[], ordered?: boolean }[]}
 */
export function toBlocks(text) {
  const blocks = [];
  let open = null;
  for (const line of text.split("\n")) {
    if (/^\s*```/.test(line)) {
      open = open?.kind === "code" ? null : start(blocks, { kind: "code", lines: [] });
    } else if (open?.kind === "code") {
      open.lines.push(line);
    } else {
      open = addLine(blocks, open, line);
    }
  }
  return blocks;
}

function addLine(blocks, open, line) {
  if (line.trim() === "") return null;
  const heading = /^#{1,6}\s+(.*)/.exec(line);
  if (heading) {
    start(blocks, { kind: "heading", lines: [heading[1]] });
    return null;
  }
  const item = /^\s*(?:[-*•]|(\d+)[.)])\s+(.*)/.exec(line);
  const ordered = item?.[1] !== undefined;
  const kind = item ? "list" : "paragraph";
  const continues = open?.kind === kind && (kind === "paragraph" || open.ordered === ordered);
  const block = continues ? open : start(blocks, item ? { kind, ordered, lines: [] } : { kind, lines: [] });
  block.lines.push(item ? item[2] : line);
  return block;
}

function start(blocks, block) {
  blocks.push(block);
  return block;
}

/** Draws an answer's text into `element`, replacing what was there. */
export function drawMarkdown(element, text) {
  element.replaceChildren(...toBlocks(text).map(drawBlock));
}

function drawBlock({ kind, lines, ordered }) {
  if (kind === "code") {
    const pre = document.createElement("pre");
    pre.append(Object.assign(document.createElement("code"), { textContent: lines.join("\n") }));
    pre.tabIndex = 0;
    return pre;
  }
  if (kind === "list") {
    const list = document.createElement(ordered ? "ol" : "ul");
    list.append(...lines.map((line) => drawInline("li", line)));
    return list;
  }
  return drawInline(kind === "heading" ? "h3" : "p", lines.join("\n"));
}

function drawInline(name, text) {
  const element = document.createElement(name);
  for (const piece of text.split(/(`[^`]+`|\*\*[^*]+\*\*)/)) {
    const mark = /^(`|\*\*)(.+)\1$/s.exec(piece);
    if (!mark) element.append(piece);
    else
      element.append(
        Object.assign(document.createElement(mark[1] === "`" ? "code" : "strong"), { textContent: mark[2] }),
      );
  }
  return element;
}
