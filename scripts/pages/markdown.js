// What the generated pages are written with.

/** The anchor that GitHub and others give a heading. */
export function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

/** A link to a heading of the same page. */
export function linkTo(heading) {
  return `[${heading}](#${anchorOf(heading)})`;
}

/** A text as code. */
export function code(text) {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** A table; line ends and bars in its cells are made harmless. */
export function table(headings, rows) {
  return [headings, headings.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}

/** A fenced block. */
export function block(language, text) {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** A page of its parts, with who writes it said on top, where an editor sees it. */
export function page(writtenBy, parts) {
  return `<!-- Written by \`${writtenBy}\`; changes made here are lost. -->\n\n${parts.join("\n\n")}\n`;
}

/** What stands in `<…>` and is no code would be taken for HTML. */
export function escaped(text) {
  return text.replace(/(`[^`]*`)|</g, (all, isCode) => isCode ?? all.replace("<", "&lt;"));
}

function cell(text) {
  return text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}
