// Fills a running cluster with the sample, over HTTP, as clients would.

import type { Person } from '../helpers/people.ts'
import { follow, http } from '../helpers/people.ts'
import { photo, portrait } from './pictures.ts'
import type { Sample } from './sample.ts'
import { favored, others, reader, retweeted, said } from './sample.ts'

type Server = { readonly url: string }

/** What the pictures are taken of. */
export type Filled = {
  readonly reader: Person
  /** The ids of what was said, in the order of the sample. */
  readonly tweetIds: readonly string[]
}

export async function fill(server: Server): Promise<Filled> {
  const samples = [reader, ...others]
  const people = new Map<string, Person>()
  for (const [place, sample] of samples.entries()) {
    people.set(sample.handle, await settle(server, sample, place))
  }
  const person = (handle: string): Person => people.get(handle) as Person
  const all = [...people.values()]
  for (const one of all.slice(0, 5)) {
    for (const other of all) {
      // The reader does not follow the last two: somebody has to be left to be suggested.
      const isLeft = one.handle === reader.handle && all.indexOf(other) > 4
      if (one !== other && !isLeft) await follow(server, one, other)
    }
  }
  const tweetIds = await speak(server, person)
  const on = (place: number): string => tweetIds[place] as string
  for (const [by, place] of favored)
    await put(server, person(by), `/v1/tweets/${on(place)}/favorite`)
  for (const [by, place] of retweeted)
    await put(server, person(by), `/v1/tweets/${on(place)}/retweet`)
  return { reader: person(reader.handle), tweetIds }
}

async function settle(server: Server, sample: Sample, place: number): Promise<Person> {
  const { handle, name, bio } = sample
  const password = `the password of ${handle}`
  const made = await asked(server, 'POST', '/v1/users', { body: { handle, name, password } })
  const { user, token } = made as { user: { id: string }; token: string }
  const avatarId = await upload(server, token, await portrait(place), '')
  const headerId = place === 0 ? await upload(server, token, await photo('dusk'), '') : ''
  const profile = { bio, location: sample.place, avatarId, headerId }
  await asked(server, 'PUT', '/v1/profile', { body: profile, token })
  return { id: user.id, handle, password, token }
}

async function speak(server: Server, person: (handle: string) => Person): Promise<string[]> {
  const ids: string[] = []
  for (const { by, text, photo: shown, replyTo, quoteOf } of said) {
    const { token } = person(by)
    const mediaIds =
      shown === undefined ? [] : [await upload(server, token, await photo(shown.name), shown.alt)]
    const body = {
      text,
      ...(mediaIds.length === 0 ? {} : { mediaIds }),
      ...(replyTo === undefined ? {} : { inReplyTo: ids[replyTo] }),
      ...(quoteOf === undefined ? {} : { quoteOf: ids[quoteOf] }),
    }
    const { tweet } = (await asked(server, 'POST', '/v1/tweets', { body, token })) as {
      tweet: { id: string }
    }
    ids.push(tweet.id)
  }
  return ids
}

async function put(server: Server, { token }: Person, path: string): Promise<void> {
  await asked(server, 'PUT', path, { body: {}, token })
}

async function upload(server: Server, token: string, file: Buffer, alt: string): Promise<string> {
  const query = alt === '' ? '' : `?${new URLSearchParams({ alt })}`
  const answer = await fetch(`${server.url}/v1/media${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(file),
  })
  if (answer.status !== 201) throw new Error(`not uploaded: ${await answer.text()}`)
  return ((await answer.json()) as { media: { id: string } }).media.id
}

async function asked(
  server: Server,
  method: string,
  path: string,
  { body, token }: { readonly body: unknown; readonly token?: string },
): Promise<unknown> {
  const answer = await http(server, { method, path, body, token })
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`)
  return answer.body
}
