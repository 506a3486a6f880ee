// Commands of the model test that have to do with media: uploads, and tweets that show them.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { World } from './comparison.ts'
import { mediaFile, photoNumbers } from './comparison-operators.ts'

export type MediaCommand =
  | { do: 'upload'; user: number; photo: number }
  | { do: 'post photos'; user: number; photos: number[] }

const n = fc.nat({ max: 1000 })
const photo = fc.constantFrom(...photoNumbers)

export const mediaArbitrary: fc.Arbitrary<MediaCommand> = fc.oneof(
  fc.record({ do: fc.constant('upload' as const), user: n, photo }),
  fc.record({
    do: fc.constant('post photos' as const),
    user: n,
    photos: fc.uniqueArray(photo, { minLength: 1, maxLength: 3 }),
  }),
)

export function isMediaCommand<C extends { do: string }>(
  command: C | MediaCommand,
): command is MediaCommand {
  return command.do === 'upload' || command.do === 'post photos'
}

/** Does it to the cluster and to the model. */
export async function runMedia(command: MediaCommand, world: World): Promise<void> {
  const { users } = world.model
  const user = users[command.user % users.length]!.id
  if (command.do === 'upload') return upload(command.photo, user, world)
  return postPhotos(command.photos, user, world)
}

async function upload(photo: number, user: number, { cluster, model }: World): Promise<void> {
  const file = {
    mediaId: mediaFile(photo),
    bytes: 9,
    width: 6,
    height: 4,
    unattachedMs: 86_400_000,
  }
  const answer = await cluster.call('media.create', file, { actor: user })
  expect(answer).toMatchObject({ result: { media: { id: mediaFile(photo), kind: 'photo' } } })
  model.uploads.push([user, photo])
}

async function postPhotos(
  photos: number[],
  user: number,
  { cluster, model }: World,
): Promise<void> {
  const text = `photos ${model.tweets.length}`
  const mediaIds = photos.map(mediaFile)
  const answer = await cluster.call('tweet.post', { text, mediaIds }, { actor: user })
  const isTheirs = photos.every((photo) =>
    model.uploads.some(([owner, uploaded]) => owner === user && uploaded === photo),
  )
  if (!isTheirs) {
    expect(answer).toMatchObject({ error: { code: 'not_found', field: 'mediaIds' } })
    return
  }
  if ('error' in answer) throw new Error(`photos: ${answer.error.message}`)
  const { tweet } = answer.result
  expect(tweet.media?.map(({ id }) => id)).toEqual(mediaIds)
  model.tweets.push({
    id: tweet.id,
    author: user,
    text,
    inReplyTo: undefined,
    isDeleted: false,
    photos: mediaIds,
  })
}
