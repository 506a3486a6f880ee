import { defineOperation } from '../operation.ts'
import { channelField } from './live-subscribe.ts'

/** Ends the pushes of a channel on this socket. */
export const liveUnsubscribe = defineOperation({
  name: 'live.unsubscribe',
  code: 0x41,
  summary: 'Stop receiving a channel',
  owner: 'actor',
  access: 'user',
  isLive: true,
  request: { channel: channelField },
  answer: {},
  refusals: {},
})
