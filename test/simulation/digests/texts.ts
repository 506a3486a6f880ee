// What the people of the digest run write.

const words =
  'a rook lands on the wet roof and nobody sees why 🐦 winter is long Ünder trees'.split(' ')

/** @param handle of somebody who may be mentioned */
export function someText(random: () => number, handle: string): string {
  const below = (count: number): number => Math.floor(random() * count)
  const text = Array.from({ length: 3 + below(12) }, () => words[below(words.length)])
  if (random() < 0.2) text.push(`@${handle}`)
  if (random() < 0.2) text.push(`#roof${below(100)}`)
  if (random() < 0.1) text.push(`https://example.org/${below(1e6)}`)
  return text.join(' ')
}
