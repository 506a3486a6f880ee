import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { type ProfileTab, timelineUser } from '../../protocol/operations/timeline-user.ts'
import { findUserById } from './find.ts'
import type { View } from './implement.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, writeTweet } from './present.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayRead } from './visibility.ts'

export const timelineUserHandler = implementRead(timelineUser, {
  read(
    view,
    context,
    { userId, tab = 'tweets', before = idMax, limit = pageLimitDefault },
    writer,
  ) {
    const author = findUserById(view, userId)
    if (typeof author !== 'number') return author
    const reader = context.actorIndex
    const list = listOf[tab as ProfileTab](view)
    const page = pageOf(view, { before, limit, reader, rule: mayRead }, (range, out) =>
      list.readBefore(author, range, out),
    )
    const pinned = tab === 'tweets' && before === idMax ? findPinned(view, { author, reader }) : -1
    const hasPinned = pinned >= 0
    const beside = hasPinned ? { beside: [pinned], more: 1 } : { more: 0 }
    noteShown(context, writeTweetPage(writer, view, { page, reader, rule: mayRead, ...beside }))
    if (!hasPinned) return undefined
    writer.text('pinned')
    writeTweet(writer, view, { tweet: pinned, reader })
    return undefined
  },
})

const listOf: Readonly<Record<ProfileTab, (view: View) => Pick<View['authored'], 'readBefore'>>> = {
  tweets: (view) => view.authored,
  replies: (view) => view.profileTabs.replies,
  media: (view) => view.profileTabs.media,
}

/** The tweet that the author has pinned, if the reader may see it; else -1. */
function findPinned(view: View, { author, reader }: { author: number; reader: number }): number {
  const id = view.users.pinnedOf(author)
  if (id === 0) return -1
  const tweet = view.tweets.find(id)
  return tweet >= 0 && mayRead(view, { reader, tweet }) ? tweet : -1
}
