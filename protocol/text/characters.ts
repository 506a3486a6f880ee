// What each character may be part of: a handle, a hashtag, a host name, the path of a link.
// Owned by the text rules; knows no rule itself, only the alphabet that the rules are written in.
//
// The scanner asks this for every character near a `.`, `@`, `#` or `:`. A Unicode regular
// expression costs some 50 ns a question, a table costs 1. The table of all 65,536 code units
// would take some 100 ms to fill at start, so it is filled a page of 256 at a time, when
// a text first holds a character of that page: a text in Japanese touches a handful of pages.
//
// The sets are those of twitter-text 3 (links, hashtags), written as Unicode properties where it
// lists ranges, so that scripts added since 2018 work as well.

/** One bit for each role that a character can play; a character mostly plays several. */
export const role = {
  /** A letter of a handle: A-Z, a-z, 0-9, `_`. */
  handle: 1,
  /** May stand in a hashtag. */
  tag: 2,
  /** Makes a hashtag one: a hashtag has at least one letter. */
  letter: 4,
  /** May stand in a host name that follows `https://`: almost anything but punctuation. */
  host: 8,
  /** May stand in a host name without a scheme, beside `-`: Latin letters and digits. */
  bareHost: 16,
  /** May stand in a path. */
  path: 32,
  /**
   * May stand at the end of a path: `.` and `!` are in paths, but at the end belong to the text.
   */
  pathEnd: 64,
  /** May stand in a query. */
  query: 128,
  /** May stand at the end of a query. */
  queryEnd: 256,
  /** Part of a word in a script that puts spaces between words: `@` after it is inside a word. */
  spacedWord: 512,
  /** Combines with the letter before it. */
  mark: 1024,
} as const

const accented =
  '\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u024F\\u0253\\u0254\\u0256\\u0257\\u0259\\u025B\\u0263\\u0268\\u026F' +
  '\\u0272\\u0289\\u028B\\u02BB\\u0300-\\u036F\\u1E00-\\u1EFF'
const cyrillic = '\\u0400-\\u04FF'
// Joiners, the middle dot and the like of scripts whose words need them inside.
const tagMarks =
  '_\\u200C\\u200D\\uA67E\\u05BE\\u05F3\\u05F4\\uFF5E\\u301C\\u309B\\u309C\\u30A0\\u30FB\\u3003' +
  '\\u0F0B\\u0F0C\\xB7'
const punctuation = "!'#%&()*+,\\\\\\-./:;<=>?@\\[\\]^_{|}~$"
const spaces =
  '\\x09-\\x0D\\x20\\x85\\xA0\\u1680\\u180E\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000'
const directions = '\\u202A-\\u202E\\u061C\\u200E\\u200F\\u2066-\\u2069'
const neverText = '\\uFFFE\\uFEFF\\uFFFF'
const scriptsWithoutSpaces = ['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul', 'Yi']
  .concat(['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan', 'Balinese', 'Javanese', 'Tai_Le'])
  .concat(['New_Tai_Lue', 'Tai_Tham', 'Tai_Viet'])
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join('')

const isWithoutSpaces = new RegExp(`[${scriptsWithoutSpaces}\\p{Script=Inherited}]`, 'u')
const isLatinAccent = new RegExp(`[${accented}]`)
// Variation selectors and the keycap are marks to Unicode, but here they belong to an emoji.
const isEmojiPart = /[\uFE00-\uFE0F\u20E3]/

const roles: readonly (readonly [number, RegExp])[] = [
  [role.handle, /[A-Za-z0-9_]/],
  [role.tag, new RegExp(`[\\p{L}\\p{M}\\p{Nd}${tagMarks}]`, 'u')],
  [role.letter, /\p{L}/u],
  [role.host, new RegExp(`[^${punctuation}${spaces}${neverText}${directions}]`)],
  [role.bareHost, new RegExp(`[0-9A-Za-z${accented}]`)],
  [role.path, new RegExp(`[a-zA-Z${cyrillic}0-9!*';:=+,.$/%#\\[\\]\\-\\u2013_~@|&${accented}]`)],
  [role.pathEnd, new RegExp(`[+\\-a-zA-Z${cyrillic}0-9=_#/${accented}]`)],
  [role.query, /[a-zA-Z0-9!?*'@();:&=+$/%#[\]\-_.,~|]/],
  [role.queryEnd, /[a-zA-Z0-9\-_&=#/]/],
  [role.spacedWord, /[\p{L}\p{M}]/u],
  [role.mark, /\p{M}/u],
]

function rolesOf(character: string): number {
  let found = 0
  for (const [bit, set] of roles) if (set.test(character)) found |= bit
  if (isEmojiPart.test(character)) found &= ~role.tag
  if (isWithoutSpaces.test(character) || isEmojiPart.test(character)) found &= ~role.spacedWord
  return found
}

const pageUnits = 256
const table = new Uint16Array(0x10000)
const pageIsFilled = new Uint8Array(0x10000 / pageUnits)

function fillPage(page: number): void {
  const first = page * pageUnits
  for (let unit = first; unit < first + pageUnits; unit++) {
    table[unit] = rolesOf(String.fromCharCode(unit))
  }
  pageIsFilled[page] = 1
}

/** The roles of a UTF-16 code unit. A half of a surrogate pair can be in a host name only. */
export function rolesOfUnit(unit: number): number {
  const page = unit >> 8
  if (pageIsFilled[page] === 0) fillPage(page)
  return table[unit]!
}

/** The roles of the code point that begins at `at`. */
export function rolesAt(text: string, at: number): number {
  const point = text.codePointAt(at)!
  if (point < 0x10000) return rolesOfUnit(point)
  // The pictures, which people put in front of an @ and a #, are asked for most.
  if (point >= 0x1f000 && point <= 0x1faff) return role.host
  return rolesOf(String.fromCodePoint(point))
}

/** The roles of the code point that ends just before `at`; 0 at the start of the text. */
export function rolesBefore(text: string, at: number): number {
  if (at === 0) return 0
  return rolesAt(text, isPairEnd(text, at - 1) ? at - 2 : at - 1)
}

/** Whether the code unit at `at` is the second half of a surrogate pair. */
export function isPairEnd(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
}

/** Whether the code unit is a Latin letter with an accent, or the accent itself. */
export function isAccented(unit: number): boolean {
  return unit >= 0xc0 && isLatinAccent.test(String.fromCharCode(unit))
}

/** Whether the code unit is one of A-Z, a-z, 0-9. */
export function isAsciiAlphanumeric(unit: number): boolean {
  const lower = unit | 0x20
  return (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x7a && unit < 0x80)
}

/** The code units that the rules name one by one. */
export const unit = {
  lineFeed: 0x0a,
  hash: 0x23,
  dollar: 0x24,
  ampersand: 0x26,
  parenthesisOpen: 0x28,
  parenthesisClose: 0x29,
  plus: 0x2b,
  hyphen: 0x2d,
  dot: 0x2e,
  slash: 0x2f,
  colon: 0x3a,
  question: 0x3f,
  at: 0x40,
  underscore: 0x5f,
  byteOrderMark: 0xfeff,
  wideHash: 0xff03,
  wideAt: 0xff20,
} as const
