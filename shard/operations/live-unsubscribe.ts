import { liveUnsubscribe } from '../../protocol/operations/live-unsubscribe.ts'
import { implementRead } from './implement.ts'

export const liveUnsubscribeHandler = implementRead(liveUnsubscribe, {
  read(_view, { subscriptions }, { channel }, writer) {
    subscriptions?.unsubscribe(channel)
    writer.map(0)
    return undefined
  },
})
