/** Why something can't be asked of OpenTIP that the portal's paid side takes (opentip-api.md 1, 10). */
export type OpenTipReason = 'ipv6NotInOpenTip' | 'notInOpenTip';
