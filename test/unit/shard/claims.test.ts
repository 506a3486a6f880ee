import { describe, expect, test } from 'vitest'
import { Claims } from '../../../shard/claims.ts'

/** Who has got what they wanted, in order; whoever finds it taken waits, and asks again when called. */
function room() {
  const claims = new Claims<string>()
  const inside: string[] = []
  const wants = new Map<string, Parameters<Claims<string>['claim']>[0]>()
  const ask = (name: string): void => {
    const keys = wants.get(name)!
    if (claims.waitFor(keys, name)) return
    claims.claim(keys)
    inside.push(name)
  }
  return {
    claims,
    inside,
    enter: (name: string, keys: Parameters<Claims<string>['claim']>[0]): void => {
      wants.set(name, keys)
      ask(name)
    },
    leave: (name: string): void => {
      inside.splice(inside.indexOf(name), 1)
      claims.release(wants.get(name)!, ask)
    },
  }
}

describe('a claim', () => {
  test('that is held alone lets nobody in until it is given up', () => {
    const { enter, leave, inside, claims } = room()
    enter('ada', ['follow 1 2'])
    enter('bob', ['follow 1 2'])
    enter('eve', ['follow 1 3'])
    expect([inside, claims.waitingCount]).toEqual([['ada', 'eve'], 1])
    leave('ada')
    expect([inside, claims.waitingCount]).toEqual([['eve', 'bob'], 0])
  })

  test('that is shared lets in all who share it, and none who wants it alone', () => {
    const { enter, leave, inside } = room()
    enter('ada', [{ shared: 'follows' }])
    enter('bob', [{ shared: 'follows' }])
    enter('import', ['follows'])
    leave('ada')
    expect(inside).toEqual(['bob'])
    leave('bob')
    expect(inside).toEqual(['import'])
  })

  test('that somebody waits for alone is not joined any more: they get it in the end', () => {
    const { enter, leave, inside, claims } = room()
    enter('ada', [{ shared: 'follows' }])
    enter('import', ['follows'])
    enter('bob', [{ shared: 'follows' }])
    enter('eve', [{ shared: 'follows' }])
    leave('ada')
    expect([inside, claims.waitingCount]).toEqual([['import'], 2])
    leave('import')
    expect([inside, claims.waitingCount]).toEqual([['bob', 'eve'], 0])
  })

  test('of several keys waits for the first one that is taken, and holds none of the others', () => {
    const { enter, leave, inside } = room()
    enter('ada', ['follow 1 2'])
    enter('bob', [{ shared: 'follows' }, 'follow 1 2'])
    enter('import', ['follows'])
    expect(inside).toEqual(['ada', 'import'])
    leave('ada')
    leave('import')
    expect(inside).toEqual(['bob'])
  })
})
