import { describe, expect, test } from 'vitest'
import {
  answerBytesMax,
  frameBodyBytesMax,
  frameKinds,
  lostPushCode,
  pushBytesMax,
  readAnswer,
  readPush,
} from '../../../../protocol/cluster.ts'
import { failure } from '../../../../protocol/errors.ts'
import { pack, unpack } from '../../../../protocol/frame.ts'
import { eventually } from '../../../helpers/eventually.ts'
import { OneListener } from '../../../helpers/one-listener.ts'

const request = {
  requestId: 7,
  operation: 0x10,
  partition: 3,
  slot: 9,
  actor: 4_096_000_001,
  context: undefined,
  params: pack({}),
}

describe('a frame above the limit is never sent, and the link stays up', () => {
  test('an answer: the largest goes, a larger one is answered as a bug and told of', async () => {
    await using world = await OneListener.start()
    const gateway = await world.proven((batch) => {
      for (const requestId of [1, 2, 3]) batch.request({ ...request, requestId })
    })
    await eventually(() => world.requests.length === 3, { withinMs: 2_000 })
    const sizes = [answerBytesMax + 1, answerBytesMax, 5]
    for (const [place, bytes] of sizes.entries()) {
      world.requests[place]?.reply.answer(Buffer.alloc(bytes))
    }
    const refused = readAnswer(await gateway.next(frameKinds.answer))
    expect(refused).toEqual({ requestId: 1, error: failure('internal') })
    for (const bytes of [answerBytesMax, 5]) {
      const answer = readAnswer(await gateway.next(frameKinds.answer))
      expect('result' in answer ? answer.result.length : answer).toBe(bytes)
    }
    expect(world.tooLarge).toEqual([{ bytes: answerBytesMax + 1, operation: 0x10 }])
    expect(gateway.isClosed).toBe(false)
  })

  test('I8: a push to more sockets than fit goes in several, each socket once; of one too large they are told', async () => {
    await using world = await OneListener.start()
    const gateway = await world.proven()
    const data = Buffer.alloc(pushBytesMax - 12, 1)
    const slots = Uint32Array.from([11, 12, 13, 14, 15, 16, 17, 0])
    world.links[0]?.push({ code: 1, slots, count: 7, data })
    const tooLarge = Buffer.alloc(pushBytesMax - 3)
    world.links[0]?.push({ code: 1, slots, count: 2, data: tooLarge })
    const told: number[][] = []
    for (let frame = 0; frame < 3; frame++) {
      const push = readPush(await gateway.next(frameKinds.push))
      expect(push.data.equals(data)).toBe(true)
      told.push([...push.slots])
    }
    expect(told).toEqual([[11, 12, 13], [14, 15, 16], [17]])
    const lost = readPush(await gateway.next(frameKinds.push))
    expect(lost).toMatchObject({ code: lostPushCode, slots: Uint32Array.from([11, 12]) })
    expect(world.tooLarge).toEqual([{ bytes: pushBytesMax - 3, operation: undefined }])
    expect(gateway.isClosed).toBe(false)
  })

  test('an answer to operators is refused in its place', async () => {
    await using world = await OneListener.start()
    world.answerOperator = async () => ({ refused: 'x'.repeat(frameBodyBytesMax) })
    const gateway = await world.proven()
    gateway.send((batch) =>
      batch.add(frameKinds.operatorAsk, pack({ id: 1, what: { kind: 'observe' } })),
    )
    const answer = unpack(await gateway.next(frameKinds.operatorAnswer))
    expect(answer).toMatchObject({ what: { refused: expect.stringContaining('larger') } })
  })
})
