// Retweets in live streams over three shards, with sockets that drop and resume: every client is shown every tweet
// that its timeline leads to exactly once, whoever has passed it on, and in whatever order the logs came. (I2, I4)

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import { LiveClient } from './live-client.ts'
import { Model } from './model.ts'
import { SimulatedCluster } from './simulated-cluster.ts'

const users = 5
const runs = 200

type Step =
  | { do: 'post' | 'drop' | 'resume'; user: number }
  | { do: 'retweet'; user: number; tweet: number }
  | { do: 'wait'; steps: number }

const user = fc.nat({ max: users - 1 })
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('post' as const), user }) },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('retweet' as const), user, tweet: fc.nat() }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'resume' as const), user }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), steps: fc.nat({ max: 12 }) }),
  },
)
const followArbitrary = fc.uniqueArray(fc.tuple(user, user), {
  selector: ([one, other]) => `${one} ${other}`,
  maxLength: 12,
})

test(`${runs} runs: a tweet that several have retweeted is streamed once`, async () => {
  const steps = fc.array(stepArbitrary, { minLength: 30, maxLength: 50 })
  await fc.assert(
    fc.asyncProperty(followArbitrary, steps, fc.nat(), async (follows, list, seed) => {
      const cluster = new SimulatedCluster({ shards: 3, partitions: 6, seed })
      const model = new Model()
      await cluster.start()
      const actors = await signUp(cluster)
      for (const [one, other] of follows) {
        if (one !== other) await follow({ cluster, model }, actors[one]!, actors[other]!)
      }
      await cluster.settle()
      const clients = actors.map((actor, index) => new LiveClient(cluster, actor, index + 1))
      for (const client of clients) await client.resume()
      for (const step of list) await take(step)
      await cluster.settle()
      for (const client of clients) await client.resume()
      for (const client of clients) {
        client.read()
        const expected = model.home(client.actor).map((tweet) => model.original(tweet).id)
        expect([...client.originals].sort(byNumber)).toEqual(expected.sort(byNumber))
      }

      async function take(step: Step): Promise<void> {
        if (step.do === 'wait') {
          for (let count = 0; count < step.steps; count++) await cluster.step()
        } else if (step.do === 'drop') clients[step.user]!.drop()
        else if (step.do === 'resume') await clients[step.user]!.resume()
        else if ('tweet' in step) await retweet(actors[step.user]!, step.tweet)
        else await post(actors[step.user]!)
      }

      async function post(author: number): Promise<void> {
        const answer = await cluster.call('tweet.post', { text: 'hello' }, { actor: author })
        if ('error' in answer) throw new Error(answer.error.message)
        const { id } = answer.result.tweet
        model.tweets.push({ id, author, text: 'hello', inReplyTo: undefined, isDeleted: false })
      }

      async function retweet(author: number, which: number): Promise<void> {
        if (model.tweets.length === 0) return
        const original = model.original(model.tweets[which % model.tweets.length]!).id
        const params = { tweetId: original as TweetId }
        const answer = await cluster.call('tweet.retweet', params, { actor: author })
        if ('error' in answer) throw new Error(answer.error.message)
        if (model.retweetBy(author, original) !== undefined) return
        model.tweets.push({
          id: answer.result.retweetId,
          author,
          text: '',
          inReplyTo: undefined,
          retweetOf: original,
          isDeleted: false,
        })
      }
    }),
    { numRuns: runs },
  )
})

async function follow(
  { cluster, model }: { cluster: SimulatedCluster; model: Model },
  actor: number,
  followee: number,
): Promise<void> {
  await cluster.call('user.follow', { userId: followee as UserId }, { actor })
  model.follow(actor, followee)
}

async function signUp(cluster: SimulatedCluster): Promise<number[]> {
  const actors: number[] = []
  for (let index = 0; index < users; index++) {
    const account = { handle: `user_${index}`, name: 'user', password: 'password' }
    const answer = await cluster.call('account.create', account)
    if ('error' in answer) throw new Error(answer.error.message)
    actors.push(answer.result.user.id)
  }
  await cluster.settle()
  return actors
}

function byNumber(left: number, right: number): number {
  return left - right
}
