// Beacon
// https://w3c.github.io/beacon/

partial interface Navigator {
    boolean sendBeacon(USVString url, optional BodyInit? data = null);
};
