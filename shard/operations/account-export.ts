// Exporting an account: a page of one kind of what is kept of the actor, and where the next page starts.
//
//   section:before    "tweets:8123…"    the tweets of the actor older than 8123…
//
// Each page is one look at one table, so a section without anything gives an empty page.

import { idMax, timeOfId } from '../../protocol/ids.ts'
import { exportCollectionsMax, exportIdsMax, exportTweetsMax } from '../../protocol/limits.ts'
import { type MessagePackWriter, writeValue } from '../../protocol/message-pack.ts'
import type { ExportSection } from '../../protocol/operations/account-export.ts'
import { accountExport, exportSections } from '../../protocol/operations/account-export.ts'
import type { CollectionKind } from '../state/collections.ts'
import { markKind } from '../state/marks.ts'
import { writeCollectionEntry } from './collection-page.ts'
import type { View } from './implement.ts'
import { implementRead } from './implement.ts'
import { pageOf, writeTweets, writeUser } from './present.ts'
import { writePromotions } from './promotions.ts'
import { writeFitting } from './tweet-page.ts'
import { newestNeighbors } from './user-list.ts'
import { mayRead } from './visibility.ts'

type Asked = {
  readonly view: View
  readonly user: number
  readonly before: number
  /** Tweets of a page: `exportTweetsMax`, or fewer where they are long. */
  readonly tweetsMax: number
}

/** One entry of the answer, and what to go on from within the section; undefined at its end. */
type Part = { readonly older: number | undefined; write(writer: MessagePackWriter): void }

export const accountExportHandler = implementRead(accountExport, {
  read(view, { actorIndex }, { cursor = `${exportSections[0]}:${idMax}` }, writer) {
    const [name, before] = cursor.split(':') as [ExportSection, string]
    const nextSection = exportSections[exportSections.indexOf(name) + 1]
    const following = nextSection === undefined ? undefined : `${nextSection}:${idMax}`
    writeFitting(writer, exportTweetsMax, (tweetsMax) => {
      const part = parts[name]({ view, user: actorIndex, before: Number(before), tweetsMax })
      const next = part.older === undefined ? following : `${name}:${part.older}`
      writer.map(next === undefined ? 2 : 3)
      writer.text('section')
      writer.text(name)
      part.write(writer)
      if (next === undefined) return
      writer.text('next')
      writer.text(next)
    })
    return undefined
  },
})

const parts: Readonly<Record<ExportSection, (asked: Asked) => Part>> = {
  account,
  tweets,
  following: ({ view, user, before }) => {
    const page = { edges: view.followings, node: user, before, limit: exportIdsMax }
    return idsOf(newestNeighbors(view, page))
  },
  favorites: marked('favorites'),
  bookmarks: marked('bookmarks'),
  blocks: marked(markKind.blocks),
  mutes: marked(markKind.mutes),
  mutedThreads: marked(markKind.mutedThreads),
  followedLists: marked(markKind.followedLists),
  followedMoments: marked(markKind.followedMoments),
  lists: (asked) => collections('list', asked),
  moments: (asked) => collections('moment', asked),
  promotions,
}

function account({ view, user }: Asked): Part {
  const userId = view.users.idOf(user)
  const { email, birthDate } = view.accounts.contact(userId)
  const values = [
    ['email', email],
    ['birthDate', birthDate],
    ['mutedWords', view.mutedWords.of(user)],
    ['unattachedMedia', view.unattachedMedia.listOf(userId).map(({ media }) => media)],
  ] as const
  const given = values.filter(([, value]) => value !== undefined)
  const { fields } = accountExport.answer.account.of
  return {
    older: undefined,
    write(writer) {
      writer.text('account')
      writer.map(given.length + 2)
      writer.text('user')
      writeUser(writer, view, { user, reader: user })
      writer.text('createdAt')
      writer.integer(timeOfId(userId))
      for (const [name, value] of given) {
        writer.text(name)
        writeValue(writer, fields[name], value)
      }
    },
  }
}

/** All that are kept, on one page. */
function promotions({ view, user }: Asked): Part {
  return {
    older: undefined,
    write(writer) {
      writer.text('promotions')
      writePromotions(writer, view, view.users.idOf(user))
    },
  }
}

/** Retweets among them. */
function tweets({ view, user, before, tweetsMax }: Asked): Part {
  const given = { before, limit: tweetsMax, reader: user, rule: mayRead }
  const page = pageOf(view, given, (range, out) => view.authored.readBefore(user, range, out))
  return {
    older: page.olderCursor,
    write(writer) {
      writer.text('tweets')
      writeTweets(writer, view, { tweets: page.tweets, reader: user })
    },
  }
}

function marked(kind: string): (asked: Asked) => Part {
  return ({ view, user, before }) => {
    const page = { before, limit: exportIdsMax + 1 }
    const count = view.marks(kind).readBefore(user, page, ids)
    return idsOf([...ids.subarray(0, count)])
  }
}

const ids = new Float64Array(exportIdsMax + 1)

/** @param found one more than a page takes, if there are so many */
function idsOf(found: readonly number[]): Part {
  const shown = found.slice(0, exportIdsMax)
  return {
    older: found.length > shown.length ? shown.at(-1) : undefined,
    write(writer) {
      writer.text('ids')
      writer.array(shown.length)
      for (const id of shown) writer.integer(id)
    },
  }
}

function collections(kind: CollectionKind, { view, user, before }: Asked): Part {
  const page = { before, limit: exportCollectionsMax + 1 }
  const count = view.collections.owned(kind).readBefore(user, page, ids)
  const found = [...ids.subarray(0, Math.min(count, exportCollectionsMax))]
  return {
    older: count > found.length ? found.at(-1) : undefined,
    write(writer) {
      writer.text(`${kind}s`)
      writer.array(found.length)
      for (const id of found) {
        const collection = view.collections.find(kind, id)!
        writer.map(2)
        writeCollectionEntry(writer, view, { collection, reader: user })
        writer.text(kind === 'list' ? 'userIds' : 'tweetIds')
        writer.array(collection.items.length)
        for (const item of collection.items) writer.integer(item)
      }
    },
  }
}
