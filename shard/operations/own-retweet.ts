// Finding a user's retweet of a tweet: there is at most one.
//
// Two lists of ids in the order of time hold it, and nothing else is in both: the tweets of the user, and the
// retweets of the original.
//
//   tweets of the user          1004   1010   1021        1077   1090
//   retweets of the original           1010 1015 1016 1017   1080        both: 1010
//
// Long lists are compared page by page from the newest on, as one merges sorted lists, which takes some nanoseconds
// for each id and looks at no tweet. Where one is much longer, each id of the other is looked up in it. It is asked for
// when a retweet is taken back, or made a second time.

import type { TweetId } from '../../protocol/ids.ts'
import type { IdLists } from '../state/memory/id-lists.ts'
import type { View } from './implement.ts'

type List = {
  readonly lists: Pick<IdLists, 'length' | 'has' | 'readBefore'>
  readonly owner: number
}

/** So many times as long, a list is looked up in rather than gone through. */
const lookUpFrom = 32
const pageIds = 512

/** @throws Error where there is none: the user's marks say whether there is */
export function findOwnRetweet(
  view: View,
  { user, original }: { readonly user: number; readonly original: number },
): TweetId {
  const own = { lists: view.authored, owner: user }
  const all = { lists: view.retweetsOf, owner: original }
  const [short, long] = lengthOf(own) < lengthOf(all) ? [own, all] : [all, own]
  const isFarLonger = lengthOf(long) >= lengthOf(short) * lookUpFrom
  const found = isFarLonger ? lookUp(short, long) : merge(short, long)
  if (found === undefined) throw new Error(`user ${user} has not retweeted tweet ${original}`)
  return found as TweetId
}

function lengthOf({ lists, owner }: List): number {
  return lists.length(owner)
}

function lookUp(short: List, long: List): number | undefined {
  for (let before = Infinity; ; ) {
    const count = readPage(short, before, shortPage)
    if (count === 0) return undefined
    for (let place = 0; place < count; place++) {
      const id = shortPage[place]!
      if (long.lists.has(long.owner, id)) return id
    }
    before = shortPage[count - 1]!
  }
}

function merge(short: List, long: List): number | undefined {
  for (let before = Infinity; ; ) {
    const shortCount = readPage(short, before, shortPage)
    const longCount = readPage(long, before, longPage)
    if (shortCount === 0 || longCount === 0) return undefined
    let place = 0
    let other = 0
    while (place < shortCount && other < longCount) {
      const id = shortPage[place]!
      const against = longPage[other]!
      if (id === against) return id
      if (id > against) place++
      else other++
    }
    // All above the oldest id of the page that came to its end has been compared.
    before = place === shortCount ? shortPage[shortCount - 1]! : longPage[longCount - 1]!
  }
}

function readPage({ lists, owner }: List, before: number, page: Float64Array): number {
  return lists.readBefore(owner, { before, limit: pageIds }, page)
}

const shortPage = new Float64Array(pageIds)
const longPage = new Float64Array(pageIds)
