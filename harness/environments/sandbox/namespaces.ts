/** Programs of the system's administrator are not on everybody's PATH. */
export const SEARCH_PATH = [process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean).join(':')

/**
 * Arguments of unshare(1): a network, mounts and processes of its own, which end with it. Who is not root becomes root in a
 * user namespace, and nowhere else.
 */
export const NAMESPACES: readonly string[] = [
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
]
