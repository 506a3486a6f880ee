// Folding a word: the form in which muted words are kept and compared.

/** A word or several, folded (NFKC, lower case, single spaces); empty where nothing is left. */
export function foldWord(word: string): string {
  return word.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}
