// What gateways do about conditional requests, for tests that ask a shard without one: the pages that came with a
// validator are kept, asked about, and given again where the shard says that they are as they were. There are two, and
// requests go to them in turn.

import type { RequestFrame } from '../../protocol/cluster.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import { PageCache } from '../../server/links/page-cache.ts'
import type { Reply } from '../../shard/asked.ts'

type PlainReply = Omit<Reply, 'validatedAnswer' | 'notModified'>

/** For a request without a condition, which gets an ordinary answer. */
export function unconditional(reply: PlainReply): Reply {
  const unexpected = (): never => {
    throw new Error('an answer to a condition that was not made')
  }
  return { ...reply, validatedAnswer: unexpected, notModified: unexpected }
}

export class ConditionalAsks {
  readonly #gateways = [new PageCache(2 ** 26), new PageCache(2 ** 26)] as const
  #asked = 0

  /** Pages that were given once more, and those that the shard had to make. */
  get counts(): PageCache['counts'] {
    const [one, other] = this.#gateways
    const notModified = one.counts.notModified + other.counts.notModified
    return { notModified, made: one.counts.made + other.counts.made }
  }

  /**
   * The frame as a condition makes it, and a reply that takes each kind of answer to it as one.
   * @param source the shard as it runs now: what another one has said holds no more
   */
  ask(frame: RequestFrame, source: object, reply: PlainReply): [RequestFrame, Reply] {
    const { actor, operation } = frame
    const isConditional = operation === timelineHome.code
    const key = { operation, params: frame.params, source }
    const pages = this.#gateways[this.#asked++ % 2]!
    const page = isConditional ? pages.find(actor, key) : undefined
    const whole: Reply = {
      answer: (result) => {
        if (page !== undefined) pages.drop(actor, page)
        reply.answer(result)
      },
      error: (error) => reply.error(error),
      notServed: () => reply.notServed(),
      validatedAnswer: (made) => {
        pages.counts.made++
        // Kept in any case, as a test has more use for it than a gateway.
        const kept = pages.put(actor, { ...key, ...made })
        if (kept !== undefined) kept.hits++
        reply.answer(made.result)
      },
      notModified: (tail) => {
        pages.hit(actor, page!)
        reply.answer(page!.endedWith(tail))
      },
    }
    const validator = isConditional ? (page?.validator ?? 0) : undefined
    return [{ ...frame, validator }, whole]
  }
}
