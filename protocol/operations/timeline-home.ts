import { pageRequest, positionField, tweetPage } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'
import { promotedListField } from '../promotions.ts'

const orders = ['latest', 'top']

const order = f.text({
  lengthMax: 16,
  meaning:
    '`latest`: newest first, unless said otherwise; `top`: what matters most to the reader first, by age, by favorites, retweets and replies, and by how often they dealt with the author.',
  rule: (text) => (orders.includes(text) ? text : { problem: 'must be latest or top' }),
})

/**
 * The tweets of those whom the actor follows and their own, newest first: at most the newest 800. Of replies,
 * those to somebody whom the actor follows, to the actor, and of authors to themselves. A tweet that
 * several have retweeted appears once: itself if it is there, or else as the oldest of the retweets. A page of 20
 * tweets or more may have promoted ones beside them.
 *
 * In the order `top` the pages belong together: each goes on in the ranking that the first one was cut from, which
 * holds what was there at that moment, so nothing comes twice and nothing is left out while others post. A shard
 * keeps the rankings that were read last. Where one is gone it is made anew for the same moment and says
 * `reranked`: then what has been favored meanwhile may come twice or not at all.
 */
export const timelineHome = defineOperation({
  name: 'timeline.home',
  code: 0x30,
  summary: 'Read the home timeline',
  owner: 'actor',
  access: 'user',
  request: { order: f.optional(order), ...pageRequest },
  answer: {
    ...tweetPage,
    position: positionField,
    reranked: f.optional({
      ...f.boolean,
      meaning: 'True where the ranking of the pages before is gone and this one is of another.',
    }),
    promoted: promotedListField,
  },
  refusals: {},
  isConditional: true,
  http: { method: 'GET', path: '/v1/timelines/home' },
})
