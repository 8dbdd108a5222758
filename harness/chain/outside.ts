/** When all files of a chain were last changed, in every environment: Last-Modified and ETag are made of it. */
export const FILES_MODIFIED_MS = Date.UTC(2025, 0, 1)

/** What stands here for the root of the chain's host: only nginx's own folder can be written to everywhere. */
export const OUTSIDE = '/etc/nginx/.outside'
