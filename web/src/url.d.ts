/** Files copied beside the bundle by build.mjs; the import is their address relative to the bundle. */
declare module "*?url" {
  const address: string;
  export default address;
}
