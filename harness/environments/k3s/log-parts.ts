/** What of a cluster writes logs, in the order in which they are shown: a terminal keeps the last in sight. */
export const LOG_PARTS = ['node', 'relay', 'backends', 'gateway', 'nginx'] as const
export type LogPart = (typeof LOG_PARTS)[number]
