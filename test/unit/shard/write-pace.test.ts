import { describe, expect, test } from 'vitest'
import { WritePace } from '../../../shard/write-pace.ts'
import { eventually } from '../../helpers/eventually.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A process that is as far behind as it is told, and has as many partitions as all others together. */
class World {
  sinceMs: number | undefined
  pauses = 0
  readonly done: string[] = []
  readonly pace: WritePace

  constructor(onPause: (world: World) => void = () => undefined) {
    this.pace = new WritePace({
      behindSinceMs: () => this.sinceMs,
      ownPerOther: () => 1,
      pause: async () => {
        this.pauses++
        onPause(this)
        await nextTurn()
      },
    })
  }

  /** It finds that it is behind, and has not written anything since. */
  getBehind(): void {
    this.sinceMs = performance.now() - 10_000
    this.pace.whenNear(() => undefined)
  }

  ask(name: string, writes = 0): void {
    this.pace.whenNear(() => {
      this.done.push(name)
      this.pace.wrote(writes)
    })
  }
}

describe('a task that writes', () => {
  test('is done at once where nothing has waited for long', () => {
    const world = new World()
    world.pace.wrote(10_000)
    world.ask('nothing waits')
    world.sinceMs = performance.now() + 60_000
    world.ask('found just now')
    expect(world.done).toEqual(['nothing waits', 'found just now'])
  })

  test('is done in order when what was found is applied', async () => {
    const world = new World((own) => {
      if (own.pauses === 3) own.sinceMs = undefined
    })
    world.getBehind()
    world.pace.wrote(2_000)
    world.ask('one')
    world.ask('two')
    expect(world.done).toEqual([])
    await eventually(() => world.done.length === 2, { withinMs: 2_000 })
    expect([world.done, world.pauses]).toEqual([['one', 'two'], 3])
  })

  test('is done at once up to a quarter of what was applied since the process got behind', async () => {
    const world = new World()
    world.pace.wrote(100_000)
    world.getBehind()
    world.pace.wrote(60)
    world.ask('within what is always allowed')
    world.pace.wrote(1_000)
    world.pace.applied(4_000)
    world.ask('a quarter')
    world.pace.wrote(100)
    world.ask('more')
    expect(world.done).toEqual(['within what is always allowed', 'a quarter'])
    world.sinceMs = undefined
    await eventually(() => world.done.length === 3, { withinMs: 2_000 })
  })

  test('is done one after the other while the process is behind, as each writes more', async () => {
    const world = new World((own) => {
      if (own.pauses === 2) own.pace.applied(4_000)
    })
    world.getBehind()
    world.pace.wrote(500)
    world.ask('one', 1_000)
    world.ask('two')
    await eventually(() => world.done.length === 1, { withinMs: 900 })
    await nextTurn()
    expect(world.done).toEqual(['one'])
    world.pace.applied(4_000)
    await eventually(() => world.done.length === 2, { withinMs: 900 })
  })

  test('is the end of looking where it was the last: who comes next is not looked after twice', async () => {
    const world = new World()
    world.getBehind()
    world.pace.wrote(500)
    world.ask('one')
    world.pace.applied(4_000)
    await eventually(() => world.done.length === 1, { withinMs: 900 })
    await nextTurn()
    expect(world.pauses).toBe(1)
  })

  test('is done after a while by a tail that gets nowhere', async () => {
    const world = new World()
    world.getBehind()
    world.pace.wrote(2_000)
    world.ask('at last')
    expect(world.done).toEqual([])
    await eventually(() => world.done.length === 1, { withinMs: 2_000 })
  })
})
