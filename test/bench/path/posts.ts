// Posts: how many deliveries a second are acknowledged, replicated and visible where every author has 400 followers,
// and how many posts a second are acknowledged where nobody follows.

import { closing } from '../../../loadtest/std/closing.ts'
import type { Row } from '../measure.ts'
import { redisTimelineName } from './baselines.ts'
import { alternate } from './closed-loop.ts'
import type { Measure, Sizes } from './measure.ts'
import { PostingWorld } from './posting-world.ts'
import { rateRows, ratioRow } from './rate-rows.ts'

const deliveriesGoal = { atLeast: 5_000_000 }
const deliveriesRatioGoal = { atLeast: 50 }
const postsGoal = { atLeast: 10_000 }

export const posts: Measure = {
  name: 'posts',
  about: 'deliveries a second with many followers, posts a second with none',
  title: 'Posts and their deliveries',
  run: async (sizes) =>
    await closing(await PostingWorld.make(sizes), async (world) => [
      ...(await deliveries(world, sizes)),
      ...(await acknowledged(world, sizes)),
    ]),
}

async function deliveries(world: PostingWorld, sizes: Sizes): Promise<Row[]> {
  const rounds = await alternate(world.withFollowers(), sizes)
  await world.check()
  const { authors, followers: scale, users } = sizes
  const onRedis = world.places.filter(({ rookery }) => rookery.name.includes('redis'))
  const goals = Object.fromEntries(onRedis.map(({ rookery }) => [rookery.name, deliveriesGoal]))
  const note = `${authors} authors with ${scale} followers each, of ${users} users, who all have a timeline; from the first post to the last timeline`
  return [
    ...rateRows(rounds, 'deliveries', { goals, scale }),
    ...world.places.map(({ rookery: { name } }) =>
      ratioRow(rounds, {
        what: `deliveries: ${name} of A`,
        of: name,
        to: redisTimelineName,
        ...(name.includes('redis') && { goal: deliveriesRatioGoal }),
        note,
      }),
    ),
  ]
}

async function acknowledged(world: PostingWorld, sizes: Sizes): Promise<Row[]> {
  const rounds = await alternate(world.withoutFollowers(), sizes)
  return rateRows(rounds, 'posts, no followers', { goals: { 'Rookery, redis always': postsGoal } })
}
