/** Where root keeps clusters and programs: the server's user can enter it, whatever the checkout's directory allows. */
export const sharedDirectory = '/var/lib/opsgraph';
