/* Debian's libcob was built with the headers of another libxml2 than Debian has, and says so in every program. */
void xmlCheckVersion(int version) {
    (void)version;
}
