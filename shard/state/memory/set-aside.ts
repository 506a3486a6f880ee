// Memory for what may become large: address space for all of it at once, which costs nothing until it is written to.
//
// Like the land for a town: marked out whole at the beginning, so that no street is ever moved; built on lot by lot.
//
// Where the process allows it (shard/address-space.ts) it is one plain SharedArrayBuffer, which the system's malloc gives
// out. Malloc is what can ask for huge pages (protocol/std/huge-pages.ts): memory that grows in place is V8's own, which
// asks nobody. Elsewhere it is a buffer that grows.
//
// Promises: reads as zeros; what was never written is not resident. (`process.memoryUsage().arrayBuffers` counts it all the same.)

/** How many bytes may be set aside at once; with 0 all memory grows. For the whole thread, from its next allocation on. */
export const atOnce = { bytesMax: 0 }

/**
 * @param bytes what is needed at once
 * @param bytesMax what it may become by `grow`; where all of it is there at once, `byteLength` says so
 * @throws RangeError where not even that address space can be had
 */
export function setAside(bytes: number, bytesMax: number): SharedArrayBuffer {
  if (bytesMax <= atOnce.bytesMax) {
    try {
      return new SharedArrayBuffer(bytesMax)
    } catch {
      // Not even promised: it has to grow.
    }
  }
  return new SharedArrayBuffer(bytes, { maxByteLength: bytesMax })
}
