/**
 * Hosts that are asked something at the same time, over connections that are
 * there: no connects, which ssh.parallel limits, and little work for anybody.
 */
export const askedAtOnce = 16;
