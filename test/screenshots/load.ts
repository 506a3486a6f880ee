// A little life, so that charts have something to tell: some people who post, read and mark.

import { http, post, signUp } from '../helpers/people.ts'

type Server = { readonly url: string }

const peopleCount = 6
/** How many in a burst grow and shrink as a day does. */
const waveMs = 8_000

/** Keeps a cluster busy for a while. */
export async function withLoad(server: Server, forMs: number): Promise<void> {
  const people = await Promise.all(
    Array.from({ length: peopleCount }, (_, place) =>
      signUp(server, place % 2 === 0 ? 'shard-0' : 'shard-1', 'load'),
    ),
  )
  const startedAtMs = performance.now()
  for (;;) {
    const atMs = performance.now() - startedAtMs
    if (atMs > forMs) return
    const readers = 1 + Math.round((1 + Math.sin((atMs / waveMs) * Math.PI)) * 8)
    await Promise.all(
      people.map(async (person) => {
        const id = await post(server, person, `a call at ${Math.round(atMs)}`)
        await http(server, {
          method: 'PUT',
          path: `/v1/tweets/${id}/favorite`,
          token: person.token,
          body: {},
        })
        for (let read = 0; read < readers; read++) {
          await http(server, { path: '/v1/timelines/home?limit=30', token: person.token })
        }
      }),
    )
  }
}
