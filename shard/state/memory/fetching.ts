// Fetching ahead: reading what will be needed, all of it before any of it is used.
//
// Main memory answers after some hundred steps of the processor. Who asks for twenty things one after the other
// waits twenty times; who first reads a word of each waits about twice, because the processor goes on reading
// as long as nothing depends on what it waits for. Like ordering all the dishes at once.
//
// A sum of the words read goes here, so that no compiler leaves the reading out.

export const fetched = { sum: 0 }

/** Words of a cache line. */
const lineWords = 16

/** The sum of one word of each line from `start` to `end`, but for the first. */
export function sumOfLines(words: Uint32Array, start: number, end: number): number {
  let sum = 0
  for (let word = start + lineWords; word < end; word += lineWords) sum += words[word]!
  return sum
}
