// The stream of bytes between two processes of the cluster, cut into frames (cluster.ts says what they are).
//
// Bytes are either handed in as chunks, or read by the socket right into the reader's own buffer, behind what
// is there of an unfinished frame:
//
//   [ ........ | rest of a frame | room for the next bytes ]
//              start             end
//
// The second way makes no garbage and moves no more than an unfinished frame now and then. It needs a
// socket with `onread`, which only who connects can have.
//
// Whoever is handed frames may pause the reader: what is behind the present one stays as bytes until it goes on.

/** Thrown on bytes that no side of ours writes: the connection is closed. */
export class ClusterProtocolError extends Error {
  override readonly name = 'ClusterProtocolError'
}

/** Bytes that a read should have room for: what the kernel hands over at a time. */
const roomMin = 64 * 1024
const windowBytes = 4 * roomMin
const noBytes = Buffer.alloc(0)

export type OnFrame = (kind: number, body: Buffer) => void

/**
 * Cuts a byte stream into frames. A frame handed over is a view that is valid until the reader is asked
 * for room or handed a chunk again.
 */
export class FrameReader {
  /** Raised after the handshake. */
  bytesMax: number
  #window: Buffer = noBytes
  #start = 0
  #end = 0
  #isPaused = false

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  /** Where the next bytes of the stream are to be put: `received` then tells how many there are. */
  room(): Buffer {
    if (this.#window.length - this.#end < roomMin) this.#makeRoom()
    return this.#window.subarray(this.#end)
  }

  /**
   * So many bytes are in what `room` gave.
   * @throws ClusterProtocolError for a frame larger than the limit, or an empty one
   */
  received(count: number, onFrame: OnFrame): void {
    this.#end += count
    this.#start = this.#cut(this.#window, { from: this.#start, to: this.#end }, onFrame)
  }

  /**
   * Takes the next bytes of the stream from a buffer of somebody else.
   * @throws as `received` does
   */
  read(chunk: Buffer, onFrame: OnFrame): void {
    const rest = this.#window.subarray(this.#start, this.#end)
    this.#window = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    this.#start = 0
    this.#end = this.#window.length
    if (!this.#isPaused) this.resume(onFrame)
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /**
   * No frame is handed over behind the present one until `resume`. For who reads by chunks, which have to stay
   * as they are meanwhile.
   */
  pause(): void {
    this.#isPaused = true
  }

  /**
   * Goes on with what is there; and stops where it is paused again.
   * @throws as `received` does
   */
  resume(onFrame: OnFrame): void {
    this.#isPaused = false
    this.#start = this.#cut(this.#window, { from: this.#start, to: this.#end }, onFrame)
    // A chunk is not held any longer for the sake of its last bytes.
    if (!this.#isPaused) this.#keepRest()
  }

  /** @returns where the first frame begins that is not whole */
  #cut(bytes: Buffer, { from, to }: { from: number; to: number }, onFrame: OnFrame): number {
    let offset = from
    while (!this.#isPaused && to - offset >= 4) {
      const size = bytes.readUInt32LE(offset)
      if (size === 0 || size > this.bytesMax) {
        throw new ClusterProtocolError(
          `a frame of ${size} bytes, where ${this.bytesMax} is the limit`,
        )
      }
      const start = offset + 4
      if (to - start < size) break
      offset = start + size
      onFrame(bytes[start]!, bytes.subarray(start + 1, offset))
    }
    return offset
  }

  #keepRest(): void {
    const isAllTaken = this.#start === this.#end
    this.#window = isAllTaken ? noBytes : Buffer.from(this.#window.subarray(this.#start, this.#end))
    this.#start = 0
    this.#end = this.#window.length
  }

  /** Moves an unfinished frame to the front, of a larger buffer where it needs that. */
  #makeRoom(): void {
    const rest = this.#window.subarray(this.#start, this.#end)
    const frameBytes = rest.length >= 4 ? 4 + rest.readUInt32LE(0) : 0
    const needed = Math.max(windowBytes, rest.length + roomMin, frameBytes + roomMin)
    const isRoomy = this.#window.length >= needed && this.#window.length <= 2 * needed
    const window = isRoomy ? this.#window : Buffer.allocUnsafeSlow(needed)
    rest.copy(window)
    this.#window = window
    this.#start = 0
    this.#end = rest.length
  }
}

/** The option `onread` of a socket that reads right into a reader. @param onReceived with the bytes read */
export function intoReader(
  reader: FrameReader,
  onReceived: (count: number) => void,
): { buffer: () => Buffer; callback: (count: number) => boolean } {
  const callback = (count: number): boolean => {
    onReceived(count)
    return true
  }
  return { buffer: () => reader.room(), callback }
}
