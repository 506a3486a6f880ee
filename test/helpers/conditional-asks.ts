// What a gateway does about conditional requests, for tests that ask a shard without one: the pages that came with a
// validator are kept, asked about, and given again where the shard says that they are as they were.

import type { RequestFrame } from '../../protocol/cluster.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import { PageCache } from '../../server/page-cache.ts'
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
  readonly pages = new PageCache(2 ** 26)

  /**
   * The frame as a condition makes it, and a reply that takes each kind of answer to it as one.
   * @param source the shard as it runs now: what another one has said holds no more
   */
  ask(frame: RequestFrame, source: object, reply: PlainReply): [RequestFrame, Reply] {
    const { actor, operation } = frame
    const isConditional = operation === timelineHome.code
    const key = { operation, params: frame.params, source }
    const page = isConditional ? this.pages.find(actor, key) : undefined
    const whole: Reply = {
      answer: (result) => {
        if (page !== undefined) this.pages.drop(actor, page)
        reply.answer(result)
      },
      error: (error) => reply.error(error),
      notServed: () => reply.notServed(),
      validatedAnswer: (made) => {
        this.pages.counts.made++
        // Kept in any case, as a test has more use for it than a gateway.
        const kept = this.pages.put(actor, { ...key, ...made })
        if (kept !== undefined) kept.hits++
        reply.answer(made.result)
      },
      notModified: (tail) => {
        this.pages.hit(actor, page!)
        reply.answer(page!.endedWith(tail))
      },
    }
    const validator = isConditional ? (page?.validator ?? 0) : undefined
    return [{ ...frame, validator }, whole]
  }
}
