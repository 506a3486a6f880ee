import { expect, test } from 'vitest'
import { frameKinds, readAnswer } from '../../../../protocol/cluster.ts'
import { answersWaitingMax } from '../../../../shard/net/paced-intake.ts'
import { eventually } from '../../../helpers/eventually.ts'
import { OneListener } from '../../../helpers/one-listener.ts'

const request = {
  operation: 0x10,
  partition: 3,
  slot: 9,
  actor: 4_096_000_001,
  context: undefined,
  params: Buffer.from('a page, please'),
}

/** A listener that answers at once, with so many bytes; and a gateway that sends it so many requests in one write. */
async function asked({ requests, answerBytes }: { requests: number; answerBytes: number }) {
  const world = await OneListener.start()
  const answer = Buffer.alloc(answerBytes)
  world.onRequest = ({ reply }) => reply.answer(answer)
  const gateway = await world.proven()
  const send = (): void =>
    gateway.send((batch) => {
      for (let requestId = 0; requestId < requests; requestId++) {
        batch.request({ ...request, requestId })
      }
    })
  const idsAnswered = async (): Promise<number[]> => {
    const ids = []
    while (ids.length < requests)
      ids.push(readAnswer(await gateway.next(frameKinds.answer)).requestId)
    return ids
  }
  return { world, gateway, send, idsAnswered }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

test('requests that came in one write are answered some at a time, with other work in between', async () => {
  const requests = 3_000
  const answerBytes = 6_000
  const { world, send, idsAnswered } = await asked({ requests, answerBytes })
  await using _ = world
  let turn = 0
  const countTurns = (): void => {
    turn++
    if (world.requests.length < requests) setImmediate(countTurns)
  }
  setImmediate(countTurns)
  const inTurn = new Map<number, number>()
  world.onRequest = ({ reply }) => {
    inTurn.set(turn, (inTurn.get(turn) ?? 0) + 1)
    reply.answer(Buffer.alloc(answerBytes))
  }
  send()
  expect(await idsAnswered()).toEqual(upTo(requests))
  // One slice may end before a turn is counted, and the next one begin behind it.
  const sliceMax = Math.ceil(answersWaitingMax / answerBytes)
  expect(Math.max(...inTurn.values())).toBeLessThanOrEqual(2 * sliceMax)
})

test('who does not read its answers is not read either, and gets them all when it does', async () => {
  const requests = 2_048
  const { world, gateway, send, idsAnswered } = await asked({ requests, answerBytes: 65_536 })
  await using _ = world
  gateway.socket.pause()
  send()
  let [before, sameFor] = [0, 0]
  const isStill = (): boolean => {
    sameFor = world.requests.length === before ? sameFor + 1 : 0
    before = world.requests.length
    return before > 0 && sameFor === 20
  }
  await eventually(isStill, { withinMs: 5_000 })
  expect(world.requests.length).toBeLessThan(requests)
  gateway.socket.resume()
  expect(await idsAnswered()).toEqual(upTo(requests))
  expect(world.refused).toEqual([])
})

test('a gateway that goes away while it is not read is gone', async () => {
  const { world, gateway, send } = await asked({ requests: 2_048, answerBytes: 65_536 })
  await using _ = world
  gateway.socket.pause()
  send()
  await eventually(() => world.requests.length > 0, { withinMs: 2_000 })
  gateway.socket.destroy()
  await eventually(() => world.disconnected.length === 1, { withinMs: 2_000 })
  expect(world.requests.length).toBeLessThan(2_048)
})
