// The record of a tweet: what there is of it besides its body, in eight words side by side.

import { INDEX_LIMIT } from '../memory/paged-table.ts'

/**
 * The words of a record: the id; the author; where the body lies in memory, 0 where it is in the cold store,
 * or there is none; three counts; the arrival, with bits on top for a deleted tweet and for a retweet. The author
 * has a bit on top where the tweet has links.
 */
export const [lowId, highId, author, bodyReference] = [0, 1, 2, 3] as const
export const [favorites, retweets, replies, arrival] = [4, 5, 6, 7] as const
export const recordWords = 8

export const deletedBit = 2 ** 31
export const retweetBit = 2 ** 30
export const tweetsMax = retweetBit - 1
export const arrivalMask = retweetBit - 1
export const linkedBit = 2 ** 31
export const authorMask = INDEX_LIMIT - 1
