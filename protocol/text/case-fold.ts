// Case folding: the one form of a text in which searches and tags compare it, so that `CAFÉ`, `Café` and
// full-width `ＣＡＦÉ` are the same word, and `#Rust` and `#rust` the same topic. Pure; for both ends.
//
// Compatibility forms become one (NFKC), then case goes by way of the capitals, as Unicode's case folding
// does: `ß` and `SS` both end as `ss`. Small letters come first, for the one capital that is none of theirs: `ẞ`.
// The final sigma is the one letter that this leaves in two forms.

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what ASCII is.
const ascii = /^[\x00-\x7f]*$/

/** @returns the text as it is compared: longer than what was given where a ligature falls apart */
export function foldText(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  const capitals = text.normalize('NFKC').toLowerCase().toUpperCase()
  return capitals.toLowerCase().normalize('NFKC').replaceAll('ς', 'σ')
}
