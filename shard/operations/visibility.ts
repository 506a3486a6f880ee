// Visibility: the one place that says who may see what. (I5)
//
//   mayReadUser   what a user writes and whom they know: not across a block; of a protected account for its
//                 followers alone; of a suspended one for nobody
//   mayRead       a tweet: its author's by the rule above; by its own visibility; a retweet, only with the
//                 original
//   mayShow       what comes without being asked for (home timelines, pushes, notifications): what may be
//                 read, without what the reader has muted
//
// Whatever is about to show or push a tweet asks here, with the facts as they are at that moment: nothing is
// taken out of a timeline when somebody blocks, mutes or becomes protected, and nothing has to be put back.
// What is hidden still has its place among the newest 800 of a timeline, as a deleted tweet has.
//
// A block stands in the log of who blocks; every process knows it, and it works both ways at once. The follows
// that it ends are another matter: following.ts.
//
// Nearly nobody is protected, blocks or mutes; the flags of author and reader tell so in two bytes. Everything
// beyond that is below the line, where a look may cost more.

import { userField, type Visibility } from '../../protocol/entities.ts'
import type { TweetId } from '../../protocol/ids.ts'
import type { Steps } from '../state/index/segment.ts'
import { markKind } from '../state/marks.ts'
import { userFlag } from '../state/users/user-flags.ts'
import { entryOf } from '../state/users/users.ts'
import type { View } from './implement.ts'

/**
 * Dense indexes: the reader, or -1 for nobody in particular, and what they are about to be shown. `steps`: of a page;
 * a look that takes long is taken off them.
 */
export type TweetSight = {
  readonly reader: number
  readonly tweet: number
  readonly steps?: Steps | undefined
}
export type UserSight = { readonly reader: number; readonly user: number }
/** Whether a tweet goes on a page of the reader. */
export type Rule = (view: View, sight: TweetSight) => boolean

/** Ancestors that are looked at to find out whether a tweet belongs to a muted thread. */
export const threadClimbMax = 64
/** What a look at whom a tweet mentions counts for among the ids that a page looks at: it reads the whole body. */
export const mentionLookSteps = 64

/** Nothing is shown of an account that is suspended, or deleted and not yet erased. */
const closedFlags = userFlag.isSuspended | userFlag.isGone
const authorFlags = userFlag.isProtected | userFlag.restricts | closedFlags
const readerFlags = userFlag.blocks | userFlag.isBlocked

/** Whether the reader may see a tweet that can be shown at all. */
export function mayRead(view: View, sight: TweetSight): boolean {
  const { reader, tweet, steps } = sight
  const { flags } = view.users
  const author = view.tweets.authorOf(tweet)
  const looksOpen =
    (flags.get(author) & authorFlags) === 0 &&
    (reader < 0 || (flags.get(reader) & readerFlags) === 0)
  if (!looksOpen && author !== reader && !mayReadGuarded(view, sight)) return false
  const original = view.tweets.originalOf(tweet)
  return original < 0 || mayRead(view, { reader, tweet: original, steps })
}

/** Whether a tweet may come to the reader of its own accord. */
export function mayShow(view: View, sight: TweetSight): boolean {
  const { reader } = sight
  if (!mayRead(view, sight)) return false
  return (
    reader < 0 || (view.users.flags.get(reader) & userFlag.mutes) === 0 || !isMuted(view, sight)
  )
}

/**
 * Whether whoever gets the same bytes as many others may see a tweet: no block and no limit concerns its
 * author. It may be too careful, and whoever is left without the tweet can ask for it.
 */
export function isForAll(view: View, tweet: number): boolean {
  const flags = view.users.flags.get(view.tweets.authorOf(tweet))
  return (flags & (authorFlags | readerFlags)) === 0
}

/** Whether the reader may see what the user writes, and their lists of users. */
export function mayReadUser(view: View, { reader, user }: UserSight): boolean {
  const { flags } = view.users
  if ((flags.get(user) & closedFlags) !== 0) return false
  if (user === reader) return true
  if (isBlockBetween(view, reader, user)) return false
  if ((flags.get(user) & userFlag.isProtected) === 0) return true
  // Of a follow both lists know where one of the two is hosted, and one of the two is.
  return reader >= 0 && view.followers.has(user, reader)
}

/** Whether operators have suspended the account; -1 is nobody. */
export function isSuspended(view: View, user: number): boolean {
  return user >= 0 && (view.users.flags.get(user) & userFlag.isSuspended) !== 0
}

/** Whether nothing of the account may be shown to others, as it is suspended or was deleted. */
export function isClosed(view: View, user: number): boolean {
  return (view.users.flags.get(user) & closedFlags) !== 0
}

/** Whether one of the two blocks the other; -1 is nobody. */
export function isBlockBetween(view: View, one: number, other: number): boolean {
  return doesBlock(view, one, other) || doesBlock(view, other, one)
}

export function doesBlock(view: View, blocker: number, blocked: number): boolean {
  if (blocker < 0 || blocked < 0) return false
  if ((view.users.flags.get(blocker) & userFlag.blocks) === 0) return false
  return view.marks(markKind.blocks).has(blocker, view.users.idOf(blocked))
}

/** Whether the user has muted another one. */
export function doesMute(view: View, user: number, other: number): boolean {
  if (user < 0 || (view.users.flags.get(user) & userFlag.mutes) === 0) return false
  return view.marks(markKind.mutes).has(user, view.users.idOf(other))
}

/** Whether the reader has muted the thread of a tweet, be it their own. */
export function doesMuteThread(view: View, { reader, tweet }: TweetSight): boolean {
  if ((view.users.flags.get(reader) & userFlag.mutes) === 0) return false
  return isInMutedThread(view, { reader, tweet })
}

// ------------------------------------------------------------------ below the line: where a flag stands

function mayReadGuarded(view: View, { reader, tweet, steps }: TweetSight): boolean {
  const author = view.tweets.authorOf(tweet)
  if (!mayReadUser(view, { reader, user: author })) return false
  const visibility = visibilityOf(view, tweet)
  if (visibility === 'followers') return reader >= 0 && view.followers.has(author, reader)
  return visibility === 'everyone' || isMentioned(view, { reader, tweet, steps })
}

/** Who may see a tweet, apart from what its author has said of all their tweets. */
export function visibilityOf(view: View, tweet: number): Visibility {
  const author = view.tweets.authorOf(tweet)
  if ((view.users.flags.get(author) & userFlag.restricts) === 0) return 'everyone'
  const tweetId = view.tweets.idOf(tweet)
  if (view.marks(markKind.forFollowers).has(author, tweetId)) return 'followers'
  return view.marks(markKind.forMentioned).has(author, tweetId) ? 'mentioned' : 'everyone'
}

/** In which marks of its author a tweet stands that is not for everyone. */
export function visibilityMark(visibility: string): string {
  return visibility === 'followers' ? markKind.forFollowers : markKind.forMentioned
}

/** By handle, as a mention of somebody whose sign-up had not been heard of holds no id. */
function isMentioned(view: View, { reader, tweet, steps }: TweetSight): boolean {
  if (reader < 0) return false
  if (steps !== undefined) steps.left -= mentionLookSteps
  if (!holdsHandleOf(view, { reader, tweet })) return false
  const { mentions } = view.tweets.fieldOf(tweet, 'entities') as Entities
  return mentions.some(({ handle }) => view.users.findHandle(handle) === reader)
}

/** Whether the reader's handle stands anywhere in the body, in any case: most bodies need not be decoded then. */
function holdsHandleOf(view: View, { reader, tweet }: TweetSight): boolean {
  if (!view.users.isKnown(reader)) return false
  const handle = entryOf(view.users.card(reader), userField.fields, 'handle') as string
  const body = view.tweets.body(tweet)
  // The highest bit of each byte is dropped: a text of ASCII alone is made lower-case several times as fast.
  const text = Buffer.prototype.asciiSlice.call(body, 0, body.length)
  return text.toLowerCase().includes(handle.toLowerCase())
}

type Entities = { readonly mentions: readonly { readonly handle: string }[] }

/** Whether the reader has muted its author, its thread or a word of it; never their own. */
function isMuted(view: View, { reader, tweet }: TweetSight): boolean {
  const author = view.tweets.authorOf(tweet)
  if (author === reader) return false
  if (doesMute(view, reader, author) || isInMutedThread(view, { reader, tweet })) return true
  const original = view.tweets.originalOf(tweet)
  if (original >= 0) return isMuted(view, { reader, tweet: original })
  return view.mutedWords.isIn(view.tweets, { user: reader, tweet })
}

/** A thread is muted with the tweet that it begins with; a deleted ancestor ends the look. */
function isInMutedThread(view: View, { reader, tweet }: TweetSight): boolean {
  const threads = view.marks(markKind.mutedThreads)
  if (threads.length(reader) === 0) return false
  let id: TweetId | undefined = view.tweets.idOf(tweet)
  for (let step = 0; id !== undefined && step < threadClimbMax; step++) {
    if (threads.has(reader, id)) return true
    const index = view.tweets.findBody(id)
    id = index < 0 ? undefined : view.tweets.parents.of(index)
  }
  return false
}
