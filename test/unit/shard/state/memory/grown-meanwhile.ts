// A slab that another thread makes grow in the worst moment: while a view of it is being made.

/**
 * Runs `attach`; `grow` is called in the middle of it, when the length of the memory is known and not all views are
 * there: the first of them that is a DataView waits for it.
 */
export function grownMeanwhile<T>(attach: () => T, grow: () => void): T {
  const plain = globalThis.DataView
  globalThis.DataView = new Proxy(plain, {
    construct(target, place) {
      globalThis.DataView = plain
      grow()
      return Reflect.construct(target, place) as DataView
    },
  })
  try {
    return attach()
  } finally {
    globalThis.DataView = plain
  }
}
