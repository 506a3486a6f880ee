import { liveUnsubscribe } from '../../protocol/operations/live-unsubscribe.ts'
import { implementRead } from './implement.ts'

export const liveUnsubscribeHandler = implementRead(liveUnsubscribe, {
  read(_view, { subscriptions }, _params, writer) {
    subscriptions?.unsubscribe()
    writer.map(0)
    return undefined
  },
})
