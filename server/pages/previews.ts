// What a link to a tweet or a profile shows in places that only fetch it: asked of a shard, as a stranger
// would ask, so that nothing is in a preview that is not for everybody.

import type { List, Moment } from '../../protocol/collections.ts'
import type { Tweet, User } from '../../protocol/entities.ts'
import type { Fields } from '../../protocol/fields.ts'
import { parseId } from '../../protocol/ids.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import type { Operation } from '../../protocol/operation.ts'
import { operations } from '../../protocol/registry.ts'
import { isRefused, routeCall } from '../calls.ts'
import type { ShardCall } from '../links/shard-request.ts'
import { ShardRequest } from '../links/shard-request.ts'
import type { Route } from '../web/routes.ts'
import type { Preview } from './document.ts'
import { plainPreview } from './document.ts'

/** `missing`: there surely is no such thing, or not for strangers. */
export type PreviewAnswer = { readonly preview: Preview; readonly isMissing: boolean }

type Asked = {
  readonly operation: Operation
  readonly params: Record<string, unknown>
  readonly read: (answer: Record<string, unknown>) => Preview
}

export type PreviewOptions = {
  readonly shards: {
    readonly partitionCount: number
    request(request: ShardRequest): void
  }
  readonly address: string
  readonly isWanted: () => boolean
}

/** Gives the preview of a page, now or when a shard has answered. A shard that is away costs the preview only. */
export function previewOf(
  route: Route,
  options: PreviewOptions,
  onKnown: (answer: PreviewAnswer) => void,
): void {
  const asked = askedFor(route)
  if (asked === undefined) {
    onKnown({ preview: knownPreview(route), isMissing: false })
    return
  }
  const caller = { identity: undefined, address: options.address }
  const { partitionCount } = options.shards
  const call = routeCall(asked.operation, { checked: asked.params, caller }, partitionCount)
  if (isRefused(call)) {
    onKnown({ preview: plainPreview, isMissing: call.refused.code === 'not_found' })
    return
  }
  options.shards.request(new PreviewRequest(asked, { call, isWanted: options.isWanted, onKnown }))
}

function askedFor(route: Route): Asked | undefined {
  switch (route.page) {
    case 'profile':
      return {
        operation: operations['user.get'],
        params: { user: { handle: route.handle } },
        read: ({ user }) => profilePreview(user as User),
      }
    case 'tweet':
      return {
        operation: operations['tweet.get'],
        params: { tweetId: parseId(route.tweetId) ?? 0 },
        read: ({ tweet, users }) => tweetPreview(tweet as Tweet, users as readonly User[]),
      }
    case 'list':
      return {
        operation: operations['list.get'],
        params: { listId: parseId(route.listId) ?? 0 },
        read: ({ list }) => listPreview(list as List),
      }
    case 'moment':
      return {
        operation: operations['moment.get'],
        params: { momentId: parseId(route.momentId) ?? 0 },
        read: ({ moment }) => momentPreview(moment as Moment),
      }
    default:
      return undefined
  }
}

/** What a page is about that nobody has to be asked of. */
function knownPreview(route: Route): Preview {
  if (route.page !== 'tag') return plainPreview
  const description = `What people say about #${route.tag} on Rookery.`
  return { title: `#${route.tag}`, description, kind: 'website' }
}

class PreviewRequest extends ShardRequest {
  readonly operation: Operation
  readonly call: ShardCall
  readonly slot = 0
  readonly startedAtMs = performance.now()
  readonly #asked: Asked
  readonly #isWanted: () => boolean
  readonly #onKnown: (answer: PreviewAnswer) => void

  constructor(
    asked: Asked,
    options: {
      readonly call: ShardCall
      readonly isWanted: () => boolean
      readonly onKnown: (answer: PreviewAnswer) => void
    },
  ) {
    super()
    this.operation = asked.operation
    this.#asked = asked
    this.call = options.call
    this.#isWanted = options.isWanted
    this.#onKnown = options.onKnown
  }

  get isWanted(): boolean {
    return this.#isWanted()
  }

  answered(result: Buffer): void {
    const fields = this.operation.answer as Fields
    const answer = decodeValue({ kind: 'record', fields }, result) as Record<string, unknown>
    this.#onKnown({ preview: this.#asked.read(answer), isMissing: false })
  }

  failed({ code }: { readonly code: string }): void {
    this.#onKnown({ preview: plainPreview, isMissing: code === 'not_found' })
  }
}

function profilePreview({ name, handle, bio }: User): Preview {
  const description = bio === '' ? `The tweets of @${handle} on Rookery.` : bio
  return { title: `${name} (@${handle})`, description, kind: 'profile' }
}

function tweetPreview(tweet: Tweet, users: readonly User[]): Preview {
  const author = users.find(({ id }) => id === tweet.authorId)
  const title = author === undefined ? 'A tweet' : `${author.name} (@${author.handle})`
  return { title, description: tweet.text, kind: 'article' }
}

function listPreview({ name, description, counts }: List): Preview {
  const { members } = counts
  const words = description === '' ? `A list of ${members} people on Rookery.` : description
  return { title: name, description: words, kind: 'article' }
}

function momentPreview({ title, description, counts }: Moment): Preview {
  const words = description === '' ? `A moment of ${counts.tweets} tweets on Rookery.` : description
  return { title, description: words, kind: 'article' }
}
