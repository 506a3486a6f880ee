import { expect, test } from 'vitest'
import { frameKinds } from '../../../../protocol/cluster.ts'
import {
  notModifiedTailAt,
  readNotModified,
  readValidatedAnswer,
} from '../../../../protocol/cluster-pages.ts'
import { pack } from '../../../../protocol/frame.ts'
import { eventually } from '../../../helpers/eventually.ts'
import { OneListener } from '../../../helpers/one-listener.ts'

const frame = { requestId: 7, operation: 0x30, partition: 3, slot: 9, actor: 2 ** 40 }
const request = { ...frame, context: undefined, params: pack({}) }

test('a gateway asks for a page that it has, and is told that it is as it was, or given another', async () => {
  await using world = await OneListener.start()
  const gateway = await world.proven()
  for (const validator of [0, 2 ** 40]) {
    gateway.send((batch) => batch.request({ ...request, validator }))
  }
  await eventually(() => world.requests.length === 2, { withinMs: 2_000 })
  expect(world.requests.map(({ frame }) => frame.validator)).toEqual([0, 2 ** 40])
  const result = Buffer.from('a page, and its end')
  world.requests[0]?.reply.validatedAnswer({ validator: 2 ** 40, tailBytes: 3, result })
  world.requests[1]?.reply.notModified(Buffer.from('END'))
  expect(readValidatedAnswer(await gateway.next(frameKinds.validatedAnswer))).toEqual({
    requestId: 7,
    validator: 2 ** 40,
    tailBytes: 3,
    result,
  })
  const asItWas = await gateway.next(frameKinds.notModified)
  expect(readNotModified(asItWas)).toBe(7)
  expect(asItWas.subarray(notModifiedTailAt)).toEqual(Buffer.from('END'))
})
