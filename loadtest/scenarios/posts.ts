// posts: tweets per second that the server has acknowledged, which means that they are durable.

import { tweetPost } from '../../protocol/operations/tweet-post.ts'
import { measureThroughput, throughputOptions } from '../closed-loop/throughput.ts'
import { TextGenerator } from '../people/texts.ts'
import { defineScenario } from '../scenario.ts'
import { Random } from '../std/random.ts'

/** Texts that are made beforehand and used in turn, so that making them is not measured. */
const textsCount = 4_096

export const posts = defineScenario({
  name: 'posts',
  summary: 'acknowledged posts per second',
  options: {
    ...throughputOptions,
    'in-flight': { ...throughputOptions['in-flight'], default: 16 },
  },
  run: (given, run) => {
    const makeParams = (handles: readonly string[]) => {
      const generator = new TextGenerator(new Random(`${given.seed} posts`), handles)
      const texts = Array.from({ length: textsCount }, () => generator.next())
      const run = Date.now().toString(36)
      let posted = 0
      // As an application does it: each post has a key that would make a retry safe.
      return () => ({ text: texts[posted++ % textsCount]!, operationId: `${run}.${posted}` })
    }
    return measureThroughput(given, { what: 'posts', operation: tweetPost, makeParams }, run)
  },
})
