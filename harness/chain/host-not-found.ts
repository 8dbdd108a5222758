/** What to do where nginx refuses its file since its host does not find a name ("host not found in upstream …"). */
export const HOST_NOT_FOUND_HINT =
  'nginx looks names up while it loads its file, and by default its host does not ask cluster DNS. ' +
  'Write the ClusterIP; or put NAME.NAMESPACE.svc.cluster.local into a variable beside "resolver 10.43.0.10"; ' +
  'or, where your host does ask cluster DNS, say so: host: {dns: cluster}.'
