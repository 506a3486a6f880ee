import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import { userFlag } from '../state/users/user-flags.ts'
import type { Context, View } from './implement.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, positionOf, type TweetPage } from './present.ts'
import { promotedOn } from './promoted.ts'
import { rankedPage } from './ranked-home.ts'
import { Repeats } from './repeats.ts'
import { cutPage, writeFitting, writeWholePage } from './tweet-page.ts'
import { mayShow, type Rule } from './visibility.ts'

export const timelineHomeHandler = implementRead(timelineHome, {
  read(view, context, { order, before, limit = pageLimitDefault }, writer) {
    if (order === 'top') {
      const { page, isReranked } = rankedPage(view, context, { before, limit })
      writeHome(view, context, { page, isReranked, before: before ?? idMax }, writer)
      return undefined
    }
    const asked = { reader: context.actorIndex, before: before ?? idMax, limit }
    const { page, isPlain } = newestPage(view, asked)
    const given = { page, isReranked: false, before: asked.before }
    const positionAt = writeHome(view, context, given, writer)
    if (isPlain) context.madePage = { ...asked, tweets: withNext(page), positionAt }
    return undefined
  },
})

type Asked = { readonly reader: number; readonly before: number; readonly limit: number }

/** `isPlain`: nothing but what is on the page, and the one behind it, says what is on it. */
function newestPage(view: View, asked: Asked): { page: TweetPage; isPlain: boolean } {
  const { reader } = asked
  const repeats = new Repeats(view, reader)
  const rule: Rule = (_view, sight) => mayShow(view, sight) && !repeats.has(sight.tweet)
  const page = pageOf(view, { ...asked, rule }, (range, out) => view.readHome(reader, range, out))
  const isPlain =
    page.hasGaps === false &&
    !repeats.hasLooked &&
    view.promotions.activeCount === 0 &&
    (view.users.flags.get(reader) & userFlag.mutes) === 0
  return { page, isPlain }
}

function withNext({ tweets, next = -1 }: TweetPage): readonly number[] {
  return next < 0 ? tweets : [...tweets, next]
}

/** @returns where the position begins */
function writeHome(
  view: View,
  context: Context,
  given: { readonly page: TweetPage; readonly isReranked: boolean; readonly before: number },
  writer: MessagePackWriter,
): number {
  const { page, isReranked, before } = given
  let positionAt = 0
  // What is promoted goes by the tweets that are really there.
  const shown = writeFitting(writer, page.tweets.length, (count) => {
    const cut = cutPage(page, count)
    const promoted = promotedOn(view, context, { before, tweets: cut.tweets })
    const beside = promoted.tweets
    const more = (isReranked ? 2 : 1) + (beside.length === 0 ? 0 : 1)
    const reader = context.actorIndex
    const written = writeWholePage(writer, view, {
      page: cut,
      reader,
      rule: mayShow,
      more,
      beside,
    })
    writer.text('position')
    positionAt = writer.length
    writer.text(positionOf(view, context))
    if (isReranked) {
      writer.text('reranked')
      writer.boolean(true)
    }
    promoted.write(writer)
    return written
  })
  noteShown(context, shown)
  return positionAt
}
