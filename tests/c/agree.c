/* The public header and the prototypes that safer-ffi saw must describe one ABI: a difference does not compile. */
#include "jellyward.h"
#include "jellyward_prototypes.h"

int main(void) { return 0; }
