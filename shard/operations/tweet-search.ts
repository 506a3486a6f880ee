// Searching for tweets: the index says what may match; the tweet itself says whether it does, and visibility.ts
// whether the reader may see it. (I5)

import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { searchCharacterSteps, searchStepsMax, searchWordSteps } from '../state/index/limits.ts'
import type { Clause } from '../state/index/query.ts'
import { fingerprintOf, holdTokens, termFor, tokensOf } from '../state/index/terms.ts'
import type { Found } from '../state/index/tweet-index.ts'
import type { Context, View } from './implement.ts'
import type { TweetPage } from './present.ts'
import { noteShown } from './present.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayRead } from './visibility.ts'

export type TweetSearch = {
  readonly clauses: readonly Clause[]
  /** Ids below `before`, and not below `since`. */
  readonly before: number
  readonly since: number
  readonly limit: number
  /** The dense index of who asks; -1 for nobody. */
  readonly reader: number
  /** `searchStepsMax` unless said otherwise. */
  readonly stepsMax?: number
}

/** `isPartial`: the search has ended early, and no cursor goes on from there. */
export type FoundTweets = Found & { readonly isPartial?: boolean }

/** The tweets that match and that the reader may see, newest first. */
export function findTweets(view: View, search: TweetSearch): Found {
  const { clauses, reader } = search
  const wanted = clauses.filter(({ isExcluded }) => !isExcluded)
  const terms = wanted.flatMap((clause) => termsOfClause(view, clause))
  return view.index.tweets.search({
    stepsMax: searchStepsMax,
    ...search,
    terms: [...new Set(terms.map(fingerprintOf))],
    accept: (id, steps) => {
      const tweet = view.tweets.find(id)
      if (tweet < 0 || !mayRead(view, { reader, tweet })) return false
      const facts = new TweetFacts(view, tweet)
      const isMatch = facts.holdAll(clauses)
      steps.left -= facts.steps
      return isMatch
    },
  })
}

function termsOfClause(view: View, clause: Clause): readonly string[] {
  switch (clause.kind) {
    case 'words':
      return clause.terms
    case 'from':
      return [termFor.author(view.users.findHandle(clause.handle))]
    case 'media':
      return [termFor.media]
    default:
      return [clause.term]
  }
}

/** Whether all that a query asks for holds of a tweet that can be shown. */
export function matches(
  view: View,
  { tweet, clauses }: { readonly tweet: number; readonly clauses: readonly Clause[] },
): boolean {
  return new TweetFacts(view, tweet).holdAll(clauses)
}

type Entities = {
  readonly hashtags: readonly { readonly tag: string }[]
  readonly mentions: readonly { readonly handle: string }[]
}

/** What a tweet says, taken apart when it is first asked. */
class TweetFacts {
  readonly #view: View
  readonly #tweet: number
  #words: readonly string[] | undefined
  #entities: Entities | undefined
  /** What taking it apart has taken. */
  steps = 0

  constructor(view: View, tweet: number) {
    this.#view = view
    this.#tweet = tweet
  }

  holdAll(clauses: readonly Clause[]): boolean {
    return clauses.every((clause) => this.#hold(clause) !== clause.isExcluded)
  }

  #hold(clause: Clause): boolean {
    const { tweets, users } = this.#view
    switch (clause.kind) {
      case 'words':
        this.#words ??= this.#takeApart()
        return holdTokens(this.#words, clause.words)
      case 'tag':
        return this.#said().hashtags.some(({ tag }) => termFor.tag(tag) === clause.term)
      case 'mention':
        return this.#said().mentions.some(({ handle }) => termFor.mention(handle) === clause.term)
      case 'from':
        return tweets.authorOf(this.#tweet) === users.findHandle(clause.handle)
      case 'media':
        return ((tweets.fieldOf(this.#tweet, 'media') as unknown[] | undefined)?.length ?? 0) > 0
    }
  }

  #takeApart(): readonly string[] {
    const text = this.#view.tweets.fieldOf(this.#tweet, 'text') as string
    const { words } = tokensOf(text)
    this.steps += text.length * searchCharacterSteps + words.length * searchWordSteps
    return words
  }

  #said(): Entities {
    this.#entities ??= this.#view.tweets.fieldOf(this.#tweet, 'entities') as Entities
    return this.#entities
  }
}

/** Writes the answer of a search for tweets: the page, and whether something may be missing. */
export function writeFound(
  writer: MessagePackWriter,
  view: View,
  { context, found }: { readonly context: Context; readonly found: FoundTweets },
): void {
  const page: TweetPage = {
    tweets: found.ids.map((id) => view.tweets.find(id)),
    olderCursor: found.olderCursor,
    cursorAt: (place) => found.ids[place]!,
  }
  const reader = context.actorIndex
  const isPartial = found.isPartial === true || view.index.isPartial
  const more = isPartial ? 1 : 0
  const shown = writeTweetPage(writer, view, { page, reader, rule: mayRead, more })
  writePartial(writer, { isPartial })
  noteShown(context, shown)
}

/** Writes the entry `partial` of a map, where something may be missing. */
export function writePartial(
  writer: MessagePackWriter,
  { isPartial }: { readonly isPartial: boolean },
): void {
  if (!isPartial) return
  writer.text('partial')
  writer.boolean(true)
}
