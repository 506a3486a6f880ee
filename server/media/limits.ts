// Every bound of uploads and of the files that are served, with its unit and its reason. What an
// operator may choose is in settings.ts.

/** The form around a file: fields, heads of parts, boundaries. */
export const formOverheadBytesMax = 64 * 1024
/** The head of one part of a form: a name and a file name. */
export const partHeadBytesMax = 8 * 1024
/** Parts of one form: the file, its alt text, and some empty ones that a browser adds. */
export const partsMax = 8
/** A field of a form that is no file. */
export const formFieldBytesMax = 8 * 1024
/** What is read of a file before its type is known: every magic number ends within. */
export const headBytes = 64

/** Uploads at the same time: of one process, and of one user, who leaves room for others so. */
export const uploadsInFlightMax = 64
export const userUploadsInFlightMax = 24
/** Bytes of one upload that wait; beyond it its client is asked to wait, too. */
export const uploadQueuedBytesMax = 512 * 1024
/** What the native layer hands over at most in one go: the size of the buffers that uploads share. */
export const chunkBytes = 512 * 1024
/**
 * Such buffers of all uploads in which bytes wait (32 MB). What comes while all are in use, before its client can
 * be told to wait, goes into a file.
 */
export const waitingChunksMax = 64
/** Such buffers that are kept for the next chunks while nobody uses them. */
export const spareChunksMax = 32
/** How long an upload may take, however slow the line: then it is answered 408. */
export const uploadTimeoutMs = 10 * 60 * 1000
/** How long nothing may come of it. (The native layer has such a limit too; this one has an answer.) */
export const uploadSilenceTimeoutMs = 30_000
/** What of it has to come at least, on average, once so long has passed: the slowest lines bring several times that. */
export const uploadBytesPerSecondMin = 1_024
/** A refused body that is not longer is read to its end and dropped: its client then sees the answer. */
export const refusedBodyBytesMax = 128 * 1024 * 1024

/**
 * What uploads leave free on the disk, beside the largest files that are on their way; and the largest part of a small
 * disk. By default the embedded log lies on the same disk, and takes writes only while it has room.
 */
export const diskReserveBytesMax = 1024 * 1024 * 1024
export const diskReservePartMax = 1 / 8

/** Files that are being sent, by this process; more are `unavailable`. Each holds some 200 KB. */
export const downloadsInFlightMax = 512
/** What is read of a file at a time, to be sent. */
export const readBytes = 64 * 1024

/** The pixels of a photo: those of the largest cameras. More would be a bomb for whoever shows it. */
export const photoPixelsMax = 120_000_000
/** Boxes, chunks, segments of a file that are looked at for its width and height. */
export const formatStepsMax = 4_096

/** Parts of a file that are followed to take out what has to go; a file of more is refused. */
export const filePartsMax = 65_536
/** The same of a WebM: in a live recording each block is one, eighty a second with sound. Those are 54 minutes. */
export const blocksMax = 262_144
/** Tracks that one video may have beside what is seen and heard: cameras write up to five, films have dozens of subtitles. */
export const tracksRemovedMax = 64
/**
 * Entries of one table of such a track: a sensor's samples, two hundred a second, for five minutes. Those of one
 * track are in memory at a time, 1.5 MB.
 */
export const trackEntriesMax = 65_536
/**
 * Pieces that a cleaned file is made of; each is a read and a write. Drones write subtitles up to thirty times a second:
 * nine minutes of that, if each stands alone. The samples of all tracks that go are in no more places than that
 * either, which takes up to 15 ms to sort.
 */
export const piecesMax = 32_768
/** So many of them are looked at before others get their turn: less than a millisecond. */
export const partsPerTurnMax = 256
/** What is read of a file at a time to follow its parts. */
export const partsReadBytes = 16 * 1024

/** The longest side of a thumbnail, in pixels. */
export const thumbnailSideMax = 680
/** Photos that wait for their thumbnail; one more has its original in place of one. */
export const thumbnailsWaitingMax = 32
/** How long a thumbnail may take: then its process is ended, and the original stands in. */
export const thumbnailTimeoutMs = 15_000
/** The JavaScript heap of the process that makes them, in MB. */
export const thumbnailHeapMegabytesMax = 64

/** How often files that nobody shows are looked for. */
export const sweepPeriodMs = 60 * 60 * 1000
/**
 * So long after an upload can no longer be attached its file is kept still: for clocks that differ and logs
 * that lag.
 */
export const sweepMarginMs = 60 * 60 * 1000
/** What is left of uploads whose process died goes after this. */
export const incomingAgeMaxMs = 60 * 60 * 1000
/** How long an S3 store may take to begin its answer. */
export const s3TimeoutMs = 30_000
/** An error or a list of names that an S3 store sends. */
export const s3TextBytesMax = 4 * 1024 * 1024
