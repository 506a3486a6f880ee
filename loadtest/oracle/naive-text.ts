// What is in a text, by rules as plain as can be: enough for the words, tags and handles that a load run uses
// (words.ts), and written without a look at the server's own. Pure.

/** Handles that a text mentions, in lower case. */
export function mentionsOf(text: string): string[] {
  if (!text.includes('@')) return []
  return Array.from(text.matchAll(/(?<![\w!#$%&*@])@(\w{1,15})(?![\w@])/g), ([, handle = '']) =>
    handle.toLowerCase(),
  )
}

/** Hashtags without their sign, in lower case. What runs into a letter before it, or a sign after it, is none. */
export function tagsOf(text: string): string[] {
  if (!text.includes('#')) return []
  const tags = Array.from(
    text.matchAll(/(?<![\p{L}\p{M}\p{N}_&/?=])#([\p{L}\p{M}\p{N}_]+)(?![\p{L}\p{M}\p{N}_#])/gu),
    ([, tag = '']) => tag.toLowerCase(),
  )
  return tags.filter((tag) => /\p{L}/u.test(tag))
}

/** Whether a text has a word as a whole, or, in a script without spaces, as a part. */
export function hasWord(text: string, word: string): boolean {
  const folded = text.toLowerCase()
  if (!folded.includes(word.toLowerCase())) return false
  if (/^\p{Script=Han}+$/u.test(word)) return true
  const inside = '[\\p{L}\\p{M}\\p{N}_]'
  const before = word.startsWith('#') ? '' : `(?<!${inside})`
  return new RegExp(`${before}${word.toLowerCase()}(?!${inside})`, 'u').test(folded)
}
