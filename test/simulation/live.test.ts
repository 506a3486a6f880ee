// Live streams over three shards, with sockets that drop, resume and lose their shard at random times:
// every client ends up with every tweet of its timeline exactly once, each author's in order, and is
// told whenever its stream could not be continued. (I3, I4, I8)

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { LiveClient } from './live-client.ts'
import { SimulatedCluster } from './simulated-cluster.ts'

const users = 4
const runs = 300

type Step =
  | { do: 'post'; user: number }
  | { do: 'drop' | 'resume'; client: number }
  | { do: 'restart'; shard: number }
  | { do: 'wait'; steps: number }

const user = fc.nat({ max: users - 1 })
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('post' as const), user }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'resume' as const), client: user }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restart' as const), shard: fc.nat({ max: 2 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), steps: fc.nat({ max: 12 }) }),
  },
)

test(`${runs} runs of live clients that drop and resume miss nothing and see nothing twice`, async () => {
  const steps = fc.array(stepArbitrary, { minLength: 40, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (list, seed) => {
      const cluster = new SimulatedCluster({ shards: 3, partitions: 6, seed })
      await cluster.start()
      const actors = await signUp(cluster)
      const clients = actors.map((actor, index) => new LiveClient(cluster, actor, index + 1))
      for (const client of clients) await client.resume()
      const posted: { id: number; author: number }[] = []
      for (const step of list) await run(step)
      await cluster.settle()
      for (const client of clients) await client.resume()
      for (const client of clients) client.read()
      for (const client of clients) {
        const ids = posted.map((tweet) => tweet.id)
        expect([...client.seen].sort(byNumber), 'I4, I8: nothing missed').toEqual(
          ids.sort(byNumber),
        )
        for (const author of actors) {
          const theirs = client.seen.filter((id) =>
            posted.some((tweet) => tweet.id === id && tweet.author === author),
          )
          expect(theirs, 'I3: in order').toEqual([...theirs].sort(byNumber))
        }
      }

      async function run(step: Step): Promise<void> {
        if (step.do === 'post') {
          const actor = actors[step.user]!
          const answer = await cluster.call('tweet.post', { text: 'hello' }, { actor })
          if ('error' in answer) throw new Error(answer.error.message)
          posted.push({ id: answer.result.tweet.id, author: actor })
        } else if (step.do === 'wait') {
          for (let count = 0; count < step.steps; count++) await cluster.step()
        } else if (step.do === 'restart') {
          for (const client of clients) client.read()
          await cluster.restart(step.shard)
          // The gateway closes the sockets whose shard has gone (4210); their clients come back.
          for (const client of clients) {
            if (cluster.isOn(client.actor, step.shard)) client.isConnected = false
          }
        } else if (step.do === 'drop') clients[step.client]!.drop()
        else await clients[step.client]!.resume()
      }
    }),
    { numRuns: runs },
  )
})

async function signUp(cluster: SimulatedCluster): Promise<number[]> {
  const actors: number[] = []
  for (let index = 0; index < users; index++) {
    const account = { handle: `user_${index}`, name: 'user', password: 'password' }
    const answer = await cluster.call('account.create', account)
    if ('error' in answer) throw new Error(answer.error.message)
    actors.push(answer.result.user.id)
  }
  for (const actor of actors) {
    for (const other of actors) {
      if (actor !== other) await cluster.call('user.follow', { userId: other as UserId }, { actor })
    }
  }
  await cluster.settle()
  return actors
}

function byNumber(left: number, right: number): number {
  return left - right
}
